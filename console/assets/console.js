// Driftloop console: live parts, theme, keys, the reading line of charts. Every page works without it except these.
const root = document.documentElement;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

// Live parts: when the server says that something has changed, and at every beat of it, the page is asked for again, and
// parts that differ are put in place of the old ones. Without its stream the page asks on its own.
const every = Number(root.dataset.every ?? 2000);
const seen = new Map();
let heardAt = Date.now();
let tag = '';

/** Whether the reader is in the middle of something in this part: then it waits for the next look. */
function isBusy(part) {
  if (part.contains(document.activeElement) && refocus(document.activeElement) === null) return true;
  if ($('[data-chart]:hover', part)) return true;
  if ($$('input:not([type=hidden]), textarea', part).some((field) => field.value !== field.defaultValue))
    return true;
  const chosen = getSelection();
  return Boolean(chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode));
}

/** How the element that has focus is found again in a part that took the place of another; null where it is not. */
function refocus(element) {
  const details = element.matches('summary') ? element.closest('details[id]') : null;
  if (details) return `#${CSS.escape(details.id)} > summary`;
  return element.matches('a[href]') ? `a[href="${CSS.escape(element.getAttribute('href'))}"]` : null;
}

function put(fresh) {
  for (const part of $$('[data-live][id]', fresh)) {
    const old = document.getElementById(part.id);
    const html = part.outerHTML;
    if (!old || html === (seen.get(part.id) ?? old.outerHTML)) continue;
    if (isBusy(old)) {
      // What was left out now has to come again, even if nothing more changes.
      tag = '';
      continue;
    }
    const focus = old.contains(document.activeElement) ? refocus(document.activeElement) : null;
    for (const detail of $$('details[id]', old)) {
      const same = $(`#${CSS.escape(detail.id)}`, part);
      if (same) same.open = detail.open;
    }
    const lede = $('.lede', part)?.textContent;
    if (lede && lede !== $('.lede', old)?.textContent) announce(lede);
    const put = document.importNode(part, true);
    old.replaceWith(put);
    if (focus !== null) $(focus, put)?.focus({ preventScroll: true });
    seen.set(part.id, html);
  }
  find();
  keepDock();
  globalThis.zoomAgain?.();
}

let announcedAt = 0;
function announce(text) {
  if (Date.now() - announcedAt < 10_000) return;
  announcedAt = Date.now();
  $('#said').textContent = text;
}

async function look() {
  try {
    const answer = await fetch(location.pathname + location.search, {
      headers: tag ? { 'if-none-match': tag } : {},
      cache: 'no-store',
      signal: AbortSignal.timeout(8000),
    });
    if (answer.status === 401) return location.reload();
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(String(answer.status));
      tag = answer.headers.get('etag') ?? '';
      put(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    }
    heardAt = Date.now();
  } catch {
    // Said below, as time without a word.
  }
  sayFresh();
}

const hourAndMinute = (ms) =>
  new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
function sayFresh() {
  const live = $('#live');
  if (!live) return;
  const silent = Math.round((Date.now() - heardAt) / 1000);
  const stale = silent * 1000 >= 20 * every;
  live.classList.toggle('stale', stale);
  const words = stale
    ? `No word from the server for ${silent} s. What you see is from ${hourAndMinute(heardAt)}; trying again.`
    : `live · ${hourAndMinute(heardAt)}`;
  if ($('.word', live).textContent !== words) $('.word', live).textContent = words;
}

let isLooking = false;
let again = false;
/** One look at a time; what is heard during it is looked at after it. */
function lookOnce() {
  if (document.hidden) return;
  if (isLooking) {
    again = true;
    return;
  }
  isLooking = true;
  void look().finally(() => {
    isLooking = false;
    if (!again) return;
    again = false;
    lookOnce();
  });
}

if ($('#live')) {
  let stream = null;
  const connect = () => {
    stream = new EventSource('/live');
    stream.addEventListener('beat', lookOnce);
    stream.addEventListener('changed', () => {
      lookOnce();
      // What many readers share may have been gathered a moment before the change.
      setTimeout(lookOnce, 1200);
    });
  };
  connect();
  setInterval(() => {
    sayFresh();
    // A connection that is lost without a word stays open: then, too, the page asks on its own.
    if (stream.readyState === EventSource.OPEN && Date.now() - heardAt < 12 * every) return;
    if (stream.readyState === EventSource.CLOSED) connect();
    lookOnce();
  }, every);
  addEventListener('visibilitychange', lookOnce);
  addEventListener('pagehide', () => stream.close());
  addEventListener('pageshow', (event) => event.persisted && connect());
}

// Theme: the system's, until the reader says otherwise.
function toggleTheme() {
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.theme = root.dataset.theme;
  } catch {
    // Then it lasts until the page is left.
  }
}

// Keys. None acts while a field has focus, and nothing in production changes on one key.
let chord = -Infinity;
const keys = $('#keys');
/** `g` and a letter: a section of the rail, the model that the page is about or the most urgent, its newest run. */
const places = {
  f: ['[data-go="fleet"]'],
  a: ['[data-go="approve"]'],
  o: ['[data-go="rollouts"]'],
  t: ['[data-go="teach"]'],
  m: ['#rail-models a[aria-current]', '#models [data-row]', '#rail-models a'],
  r: ['#main a[href^="/runs/"]:not([href$="/approve"])'],
};
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && event.target.matches?.('input[type=search]')) event.target.blur();
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest?.('input, textarea, select'))
    return;
  if (keys?.open) return;
  // When they were pressed, not when a busy page came to hear of it.
  const isChord = event.timeStamp - chord < 900;
  chord = event.key === 'g' ? event.timeStamp : -Infinity;
  if (isChord && places[event.key]) {
    places[event.key]
      .map((selector) => $(selector))
      .find(Boolean)
      ?.click();
    return;
  }
  if (event.key === 'd') toggleTheme();
  if (event.key === '?') keys?.showModal();
  if (event.key === '/' && $('input[type=search]')) {
    event.preventDefault();
    $('input[type=search]').focus();
  }
  // `a` leads to what waits; ⇧A and ⇧R to the two answers. Enter decides, no key does.
  // `x` and `p` lead to what stops or holds a rollout.
  const button = /^[aARxp]$/.test(event.key) && $(`[data-key="${event.key}"]`);
  if (button) button.focus();
  else if (/^[aAR]$/.test(event.key)) $('#decide textarea')?.focus();
  if (event.key === 'j' || event.key === 'k') {
    const rows = $$('[data-row]').filter((row) => row.offsetParent !== null);
    const at = rows.indexOf(document.activeElement) + (event.key === 'j' ? 1 : -1);
    rows[Math.max(0, Math.min(rows.length - 1, at))]?.focus();
  }
  const chart = event.target.closest?.('[data-chart]');
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24 }[event.key];
  if (chart && step) {
    event.preventDefault();
    read(chart, (chart.readAt ?? Infinity) + step);
  }
});

/** Loads what a chart needs to be zoomed, once, and in its order. */
async function zoom(button) {
  for (const address of button.dataset.needs.split(' ')) {
    if ($(`[data-of="${address}"]`)) continue;
    const isScript = address.includes('.js');
    const part = document.createElement(isScript ? 'script' : 'link');
    part.dataset.of = address;
    await new Promise((resolve, reject) => {
      part.onload = resolve;
      part.onerror = reject;
      if (isScript) part.src = address;
      else Object.assign(part, { rel: 'stylesheet', href: address });
      document.head.append(part);
    });
  }
  globalThis.zoomInto(button);
}

/** Rows whose words do not hold what is looked for go; the field stands outside of what is live, so it stays as it is. */
function find() {
  const wish = $('input[type=search]')?.value.trim().toLowerCase() ?? '';
  for (const row of $$('tr.go')) row.hidden = !row.textContent.toLowerCase().includes(wish);
}
addEventListener('input', (event) => event.target.matches('input[type=search]') && find());

// On a phone the way to the decision stays in reach, and goes away where the decision is.
function keepDock() {
  const dock = $('.dock');
  if (dock) dock.hidden = $('#decide').getBoundingClientRect().top < innerHeight - 150;
}
addEventListener('scroll', keepDock, { passive: true });

addEventListener('click', (event) => {
  if (event.target.closest('[data-theme-toggle]')) toggleTheme();
  if (event.target.closest('[data-keys]')) keys?.showModal();
  const zoomer = event.target.closest('[data-zoom]');
  if (zoomer) void zoom(zoomer);
  const row = event.target.closest('tr.go');
  if (row && !event.target.closest('a')) $('a', row)?.click();
});

// Charts: one reading line for pointer and arrow keys, one sentence for eyes and screen readers.
const rate = (value) => value.toFixed(3).replace(/^0/, '');
function read(chart, step) {
  const data = JSON.parse(chart.dataset.chart);
  const last = Math.floor((data.to - data.from) / data.step);
  const at = Math.max(0, Math.min(last, step));
  chart.readAt = at;
  const x = data.x0 + ((data.x1 - data.x0) * at * data.step) / (data.to - data.from);
  $('.cross', chart).setAttribute('transform', `translate(${x} 0)`);
  chart.classList.add('reading');
  const when = new Date(data.from + at * data.step).toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: data.step < 60_000 ? '2-digit' : undefined,
  });
  const said = data.series.flatMap(({ name, points }) => {
    const point = points.find(([i]) => i === at);
    return point ? [`${name} ${rate(point[1])}`] : [];
  });
  $('#readout').textContent = `${when} · ${said.length > 0 ? said.join(' · ') : 'no labelled rows'}`;
}
document.addEventListener('pointermove', (event) => {
  const chart = event.target.closest?.('[data-chart]');
  if (!chart) return;
  const data = JSON.parse(chart.dataset.chart);
  const box = chart.getBoundingClientRect();
  const x = ((event.clientX - box.left) * chart.viewBox.baseVal.width) / box.width;
  read(chart, Math.round((((x - data.x0) / (data.x1 - data.x0)) * (data.to - data.from)) / data.step));
});
document.addEventListener('pointerout', (event) => {
  const chart = event.target.closest?.('[data-chart]');
  if (!chart || chart.contains(event.relatedTarget)) return;
  chart.classList.remove('reading');
  $('#readout').textContent = $('#readout').dataset.rest;
});
