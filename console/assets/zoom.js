// The accuracy of a model to zoom into: drag over a stretch, or the keys ← → + − 0. Loaded when it is asked for.
'use strict';
(() => {
  const { uPlot } = globalThis;
  const colourOf = (name) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = `var(--${name})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const rateOf = (value) => (value === null ? '–' : value.toFixed(3).replace(/^0/, ''));
  const timeOf = (seconds) =>
    new Date(seconds * 1000).toLocaleString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
  /** A tick as the other charts of the page write it, on the reader's clock. */
  const tickOf = (seconds, step) => {
    const at = new Date(seconds * 1000);
    const time = at.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      second: step < 60 ? '2-digit' : undefined,
    });
    if (step < hour || (step < day && time !== '00:00')) return time;
    const [weekday, date, month] = timeOf(seconds).replace(',', '').split(' ');
    return `${weekday} ${date}${step > 6 * day ? ` ${month}` : ''}`;
  };
  const [minute, hour, day] = [60, 3600, 86_400];
  const timeSteps = [
    ...[1, minute].flatMap((one) => [one, 2 * one, 5 * one, 10 * one, 15 * one, 30 * one]),
    ...[1, 2, 3, 6, 12].map((times) => times * hour),
    ...[1, 2, 4, 7, 14, 30, 90].map((times) => times * day),
  ];
  /** Steps of rates, each written with as many digits as it has. */
  const rateSteps = [0.0001, 0.001, 0.01, 0.1].flatMap((power) => [power, 2 * power, 5 * power]);
  const digitsOf = (step) => Math.max(2, Math.ceil(-Math.log10(step) - 1e-9));
  const make = (name, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  };

  /** Columns as the library wants them: one of times, and one a line with holes where nothing is known. */
  function columnsOf({ from, to, step, series }) {
    const steps = Math.floor((to - from) / step) + 1;
    const lines = series.map(({ points }) => {
      const column = Array.from({ length: steps }, () => null);
      for (const [at, value] of points) if (at >= 0 && at < steps) column[at] = value;
      return column;
    });
    return [Array.from({ length: steps }, (_, i) => (from + i * step) / 1000), ...lines];
  }

  const dashes = { expected: [5, 3] };
  const widths = { expected: 1.5 };
  let dialog = null;
  let plot = null;

  function draw(button) {
    const data = JSON.parse(button.dataset.zoom);
    const columns = columnsOf(data);
    const readout = make('output', { className: 'readout' });
    const say = (u, index) => {
      const said = data.series.flatMap(({ name }, i) => {
        const value = u.data[i + 1][index];
        return value === null || value === undefined || !u.series[i + 1].show
          ? []
          : [`${name} ${rateOf(value)}`];
      });
      readout.textContent = `${timeOf(u.data[0][index])} · ${said.length > 0 ? said.join(' · ') : 'no labelled rows'}`;
    };
    const marks = (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.lineWidth = devicePixelRatio;
      for (const { at, tone } of data.marks) {
        const x = Math.round(u.valToPos(at / 1000, 'x', true));
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.strokeStyle = colourOf(tone);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
      if (data.objective !== null) {
        const y = Math.round(u.valToPos(data.objective, 'y', true));
        ctx.strokeStyle = colourOf('ink-2');
        ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
      }
      ctx.restore();
    };
    const axis = {
      stroke: colourOf('ink-3'),
      grid: { stroke: colourOf('hairline'), width: 1 },
      ticks: { stroke: colourOf('rule'), width: 1 },
    };
    const place = make('div', { className: 'place', tabIndex: 0 });
    place.setAttribute('role', 'application');
    place.setAttribute(
      'aria-label',
      'Accuracy over time. Arrow keys read it, + and − zoom, 0 shows all of it.',
    );
    plot = new uPlot(
      {
        width: 600,
        height: 360,
        // Room for half of the last time.
        padding: [null, 34, null, null],
        legend: { show: false },
        cursor: { drag: { x: true, y: false }, points: { size: 7 } },
        scales: {
          y: {
            range: (u, low, high) =>
              uPlot.rangeNum(
                Math.min(low, data.objective ?? low),
                Math.max(high, data.objective ?? high),
                0.1,
                true,
              ),
          },
        },
        axes: [
          {
            ...axis,
            space: 76,
            incrs: timeSteps,
            values: (u, times, i, room, step) => times.map((at) => tickOf(at, step)),
          },
          {
            ...axis,
            incrs: rateSteps,
            values: (u, values, i, room, step) =>
              values.map((value) => value.toFixed(digitsOf(step)).replace(/^0/, '')),
          },
        ],
        series: [
          {},
          ...data.series.map(({ name, role }) => ({
            label: name,
            stroke: colourOf(role === 'expected' ? 'estimated' : role),
            width: widths[role] ?? 2,
            dash: dashes[role] ?? [],
            points: { show: false },
          })),
        ],
        hooks: {
          draw: [marks],
          setCursor: [(u) => u.cursor.idx !== null && u.cursor.idx !== undefined && say(u, u.cursor.idx)],
        },
      },
      columns,
      place,
    );
    // It reads what it draws, so that new points need no other chart.
    const choices = make('div', { className: 'choices' });
    for (const [i, { name }] of data.series.entries()) {
      const box = make('input', { type: 'checkbox', checked: true });
      box.addEventListener('change', () => plot.setSeries(i + 1, { show: box.checked }));
      choices.append(make('label', {}, box, name));
    }
    const ends = () => [plot.data[0][0], plot.data[0].at(-1)];
    /** Shows a stretch, within what is known. */
    const show = (min, max) => {
      const [first, last] = ends();
      const span = Math.min(max - min, last - first);
      const from = Math.max(first, Math.min(min, last - span));
      plot.setScale('x', { min: from, max: from + span });
    };
    const zoom = (factor) => {
      const { min, max } = plot.scales.x;
      const half = Math.max(((max - min) / 2) * factor, data.step / 500);
      show((min + max) / 2 - half, (min + max) / 2 + half);
    };
    const move = (share) => {
      const { min, max } = plot.scales.x;
      show(min + share * (max - min), max + share * (max - min));
    };
    let at = columns[0].length - 1;
    const read = (index) => {
      at = Math.max(0, Math.min(plot.data[0].length - 1, index));
      const { min, max } = plot.scales.x;
      const time = plot.data[0][at];
      if (time < min || time > max) show(time - (max - min) / 2, time + (max - min) / 2);
      plot.setCursor({ left: plot.valToPos(time, 'x'), top: 20 });
      say(plot, at);
    };
    const acts = {
      ArrowLeft: () => read(at - 1),
      ArrowRight: () => read(at + 1),
      PageUp: () => read(at - 24),
      PageDown: () => read(at + 24),
      '+': () => zoom(0.5),
      '-': () => zoom(2),
      0: () => show(...ends()),
    };
    place.addEventListener('keydown', (event) => {
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
    const buttons = [
      ['Earlier', () => move(-0.5)],
      ['Later', () => move(0.5)],
      ['Closer', () => zoom(0.5)],
      ['Farther', () => zoom(2)],
      ['All of it', () => show(...ends())],
    ].map(([word, act]) => {
      const one = make('button', { type: 'button', className: 'btn', textContent: word });
      one.addEventListener('click', act);
      return one;
    });
    const close = make('button', { className: 'btn', textContent: 'Close' });
    dialog = make(
      'dialog',
      { className: 'zoom' },
      make(
        'form',
        { method: 'dialog' },
        make('header', {}, make('h2', { textContent: button.dataset.title }), ...buttons, close),
      ),
      choices,
      readout,
      place,
    );
    dialog.setAttribute('aria-label', button.dataset.title);
    dialog.addEventListener('close', () => {
      plot.destroy();
      dialog.remove();
      plot = dialog = null;
      $('[data-zoom]')?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    const fit = () =>
      plot?.setSize({ width: Math.max(280, place.clientWidth), height: innerHeight < 600 ? 220 : 360 });
    fit();
    addEventListener('resize', fit);
    readout.textContent = 'Drag over a stretch to look closer; twice on the chart shows all of it.';
    place.focus();
    read(at);
  }

  globalThis.zoomInto = (button) => {
    if (dialog === null) draw(button);
  };
  /** New points come while it is open: the stretch that is looked at stays. */
  globalThis.zoomAgain = () => {
    const button = $('[data-zoom]');
    if (plot === null || !button) return;
    plot.setData(columnsOf(JSON.parse(button.dataset.zoom)), false);
    plot.redraw();
  };
})();
