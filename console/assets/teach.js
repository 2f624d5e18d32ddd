// Teach: one key, then the next row comes. What is said is kept on this device until the server has it.
{
  const teach = document.querySelector('[data-teach]');
  const { model, csrf } = JSON.parse(teach.dataset.teach);
  const store = 'driftloop_teach';
  const said = [];
  let flying = new Set();
  let sending = null;

  const read = () => {
    try {
      return JSON.parse(localStorage[store] ?? '[]');
    } catch {
      return kept;
    }
  };
  let kept = [];
  const write = (answers) => {
    kept = answers;
    try {
      localStorage[store] = JSON.stringify(answers);
    } catch {
      // Then they last until the page is left.
    }
  };
  const newId = () =>
    [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');

  const asked = () => [...teach.querySelectorAll('article')];
  const current = () => asked().find((article) => !article.hidden);
  const itemOf = (id) => teach.querySelector(`[data-of="${CSS.escape(id)}"]`);

  function show(article) {
    for (const one of asked()) one.hidden = one !== article;
    for (const link of teach.querySelectorAll('#queue a')) link.removeAttribute('aria-current');
    const id = article?.dataset.rowId;
    const item = id && itemOf(id);
    if (item) {
      item.hidden = false;
      item.firstElementChild.setAttribute('aria-current', 'true');
    }
    for (const button of teach.querySelectorAll('[data-key="u"]'))
      button.disabled = said.length === 0 && !button.form.elements.value.value;
  }

  /** What the pressed button says, in the words of the API; null where the field is empty. */
  function answerOf(form, button) {
    const field = (name) => form.elements[name]?.value ?? '';
    if (button.name === 'label') return { kind: 'label', value: button.value };
    switch (button.value) {
      case 'other':
        return field('other') === '' ? null : { kind: 'label', value: field('other') };
      case 'labels':
        return { kind: 'label', value: new FormData(form).getAll('labels') };
      case 'up':
      case 'down':
        return { kind: 'rating', value: button.value };
      case 'label':
      case 'correction':
        return field('value') === '' ? null : { kind: button.value, value: field('value') };
      default:
        return { kind: button.value, value: null };
    }
  }

  function say(predictionId, { kind, value }) {
    const answer = { model, id: newId(), predictionId, kind, value, at: new Date().toISOString() };
    write([...read(), answer]);
    void send();
    return answer;
  }

  function next(article) {
    const all = asked().filter((one) => !one.dataset.done || one === article);
    const at = all.indexOf(article);
    article.dataset.done = 'true';
    const item = itemOf(article.dataset.rowId);
    if (item) item.hidden = true;
    const list = [...teach.querySelectorAll('#queue li')].filter(
      (li) => li.hidden && !asked().some((one) => one.dataset.done && one.dataset.rowId === li.dataset.of),
    );
    if (list[0]) list[0].hidden = false;
    const follows = all[at + 1] ?? all.find((one) => one !== article);
    show(follows);
    if (all.length <= 5) void fetchMore();
  }

  function undo(form) {
    const last = said.pop();
    if (last) {
      const waiting = read();
      // What has not left this device has not been said.
      if (waiting.some(({ id }) => id === last.id) && !flying.has(last.id))
        write(waiting.filter(({ id }) => id !== last.id));
      else say(last.predictionId, { kind: 'undo', value: last.id });
      const article = asked().find((one) => one.dataset.rowId === last.predictionId);
      if (article) {
        delete article.dataset.done;
        show(article);
      }
    } else if (form.elements.value.value) {
      say(form.elements.row.value, { kind: 'undo', value: form.elements.value.value });
      for (const one of teach.querySelectorAll('.undo')) one.elements.value.value = '';
      show(current());
      void fetchMore();
    }
    sayWaiting();
  }

  teach.addEventListener('submit', (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    if (button.value === 'undo') {
      undo(form);
      return;
    }
    const article = form.closest('article');
    const answer = answerOf(form, button);
    if (answer === null) {
      form.querySelector('[data-key="0"]')?.focus();
      return;
    }
    said.push(say(article.dataset.rowId, answer));
    document.activeElement?.blur();
    next(article);
  });

  const manyAtOnce = 200;
  let atOnce = manyAtOnce;
  let tries = 0;
  async function send() {
    if (sending) return;
    const waiting = read();
    if (waiting.length === 0) return sayWaiting();
    sending = deliver(waiting);
    await sending;
  }

  async function deliver(waiting) {
    const to = waiting[0].model;
    const answers = waiting.filter((one) => one.model === to).slice(0, atOnce);
    flying = new Set(answers.map(({ id }) => id));
    let problem = '';
    let isBarred = false;
    try {
      const answer = await fetch(`/api/models/${encodeURIComponent(to)}/labels`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-driftloop-csrf': csrf },
        body: JSON.stringify({ answers }),
        signal: AbortSignal.timeout(8000),
      });
      const isTaken = answer.ok;
      // One that the server will never take is said and let go, alone; what it may take later is kept.
      if (answer.status === 400 && answers.length > 1) atOnce = 1;
      else if (isTaken || [400, 404, 413].includes(answer.status)) {
        write(read().filter(({ id }) => !flying.has(id)));
        tries = 0;
        if (!isTaken) problem = (await answer.json()).error?.message ?? 'The server did not take it.';
      } else if (answer.status === 401 || answer.status === 403) {
        isBarred = true;
        problem =
          answer.status === 401
            ? 'Sign in again: they are sent then.'
            : ((await answer.json()).error?.message ?? 'They may not be sent.');
      } else tries += 1;
    } catch {
      tries += 1;
    }
    flying = new Set();
    sending = null;
    if (read().length === 0) atOnce = manyAtOnce;
    sayWaiting(problem);
    if (read().length === 0 && !current()) void fetchMore();
    if (read().length > 0)
      setTimeout(() => void send(), isBarred || tries > 0 ? Math.min(30_000, 1000 * 2 ** tries) : 0);
  }

  function sayWaiting(problem = '') {
    const note = document.getElementById('waits');
    const n = read().length;
    note.hidden = problem === '' && (n === 0 || tries === 0);
    if (note.hidden) return;
    const them = n === 1 ? '1 label waits' : `${n} labels wait`;
    note.querySelector('b').textContent = n === 0 ? 'Not taken:' : 'Not saved yet:';
    note.querySelector('small').textContent =
      problem !== ''
        ? n === 0
          ? problem
          : `${them} on this device. ${problem}`
        : `${them} on this device and ${n === 1 ? 'is' : 'are'} sent when the server is back.`;
  }

  let isFetching = false;
  let isWanted = false;
  /** Rows that have come since, put behind those that are here; with none at all, the page says so. */
  async function fetchMore() {
    // A page that was asked for before the last answer was sent still asks about that row.
    if (isFetching) {
      isWanted = true;
      return;
    }
    isFetching = true;
    try {
      await sending;
      const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const known = new Set(asked().map((one) => one.dataset.rowId));
      for (const article of fresh.querySelectorAll('article'))
        if (!known.has(article.dataset.rowId)) {
          const put = document.importNode(article, true);
          put.hidden = true;
          document.getElementById('asked').append(put);
          const item = fresh.querySelector(`[data-of="${CSS.escape(article.dataset.rowId)}"]`);
          if (item) {
            const li = document.importNode(item, true);
            li.firstElementChild.removeAttribute('aria-current');
            document.getElementById('queue').append(li);
          }
        }
      if (current()) return;
      const more = asked().find((one) => !one.dataset.done);
      if (more) show(more);
      else {
        const nothing = fresh.querySelector('#asked .note');
        const here = document.querySelector('#asked > .note');
        if (nothing && !here) document.getElementById('asked').append(document.importNode(nothing, true));
      }
    } catch {
      // The rows that are here are enough for now.
    } finally {
      isFetching = false;
      if (isWanted) {
        isWanted = false;
        void fetchMore();
      }
    }
  }

  let chord = 0;
  addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
    const isGoing = Date.now() - chord < 900;
    chord = key === 'g' ? Date.now() : 0;
    if (isGoing || target.closest?.('input:not([type=checkbox]), textarea, select')) return;
    const article = current();
    const act = article?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!act || act.disabled) {
      const save = article?.querySelector('.btn.you[value="labels"]');
      if (key === 'Enter' && save && !target.closest('a, button, input')) save.click();
      return;
    }
    event.preventDefault();
    if (act.matches('button')) act.form.requestSubmit(act);
    else if (act.type === 'checkbox') act.click();
    else act.focus();
  });
  teach.addEventListener('change', (event) => {
    if (event.target.matches('input[list]') && event.target.value !== '')
      event.target.parentElement.querySelector('button').focus();
  });

  addEventListener('online', () => void send());
  show(current());
  void send();
}
