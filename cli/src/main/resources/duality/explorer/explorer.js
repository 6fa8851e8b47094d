
'use strict';
(() => {
  const DATA = JSON.parse(document.getElementById('data').textContent);
  const CATALOGUE = DATA.catalogue;
  const SVG = 'http://www.w3.org/2000/svg';
  const $ = (id) => document.getElementById(id);

  /** What the controls say. */
  const settings = {
    model: 'scalar-ssm', N: closest(CATALOGUE.stateSizes, 2), decays: CATALOGUE.decays[0],
    seed: closest(CATALOGUE.seeds, 1), T: closest(CATALOGUE.lengths, 9), P: CATALOGUE.channels[0], cut: 'chunk=3',
  };
  /** What is looked at. */
  const view = { j: 6, i: 2, step: 1, cut: 4, term: 0, expanded: false };
  const scale = { T: 4096, N: 128, P: 64, Q: 256 };
  let shown = null; // {matrix, blocks}
  let request = 0;

  // ---- Elements.

  function closest(list, wanted) {
    return list.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
  }

  function make(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith('on')) {
        node.addEventListener(name.slice(2), value);
      } else if (name.startsWith('--')) {
        node.style.setProperty(name, value);
      } else if (value !== null && value !== undefined && value !== false) {
        node.setAttribute(name, value);
      }
    }
    node.append(...children.flat(9).filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** Puts these in place of what a node has. */
  function fill(node, ...children) {
    node.replaceChildren();
    return make(node, null, children);
  }

  const el = (tag, attributes, ...children) => make(document.createElement(tag), attributes, children);
  const draw = (tag, attributes, ...children) => make(document.createElementNS(SVG, tag), attributes, children);
  const v = (letter, index) => [el('i', null, letter), index === undefined ? null : el('sub', null, String(index))];
  const sup = (text) => el('sup', null, text);

  // ---- Numbers.

  const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

  /** A number with so many significant digits. */
  function text(value, digits = 4) {
    if (value === null || value === undefined) {
      return '–';
    }
    if (value === 0) {
      return '0';
    }
    const size = Math.abs(value);
    if (size < 1e-3 || size >= 1e6) {
      const [mantissa, exponent] = Number(value).toExponential(Math.max(0, digits - 2)).split('e');
      const raised = [...String(Math.abs(exponent))].map((d) => SUPERSCRIPTS[d]).join('');
      return `${Number(mantissa)}·10${exponent < 0 ? '⁻' : ''}${raised}`.replace('-', '−');
    }
    return String(Number(Number(value).toPrecision(digits))).replace('-', '−');
  }

  /** A number in a cell: two digits, three decimals. */
  function brief(value) {
    const size = Math.abs(value);
    return size > 0 && size < 5e-4 ? '≈0' : text(size < 0.1 ? Number(value.toFixed(3)) : value, 2);
  }

  /** A whole number with its digits in groups. */
  const whole = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const span = (from, to) => (to - from === 1 ? String(from) : `${from}–${to - 1}`);
  const number = (value, digits) => el('b', { class: 'n' }, text(value, digits));

  /** From 0 to 1 over three decades. */
  const strength = (value, largest) =>
    value === 0 || value === null || largest === 0 ? 0 : Math.min(1, Math.max(0, 1 + Math.log10(Math.abs(value) / largest) / 3));
  const largest = (matrix) => Math.max(0, ...matrix.flat().map((value) => Math.abs(value ?? 0)));

  /** The colour for a value, and the ink that is easier to read on it. */
  function tint(value, most) {
    const s = strength(value, most);
    const sign = value < 0 ? 'negative' : 'positive';
    return { '--s': s.toFixed(3), class: `${s === 0 ? 'none' : sign} ${inkOn(sign, s)}` };
  }

  const scheme = matchMedia('(prefers-color-scheme: dark)');
  let inks = {};

  /** White or black, whichever has more contrast (WCAG 2.2) with a colour mixed as the style sheet mixes it. */
  function inkOn(sign, share) {
    const key = `${sign}${share.toFixed(2)}`;
    if (!inks[key]) {
      const style = getComputedStyle(document.documentElement);
      const channels = (name) => style.getPropertyValue(name).match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16));
      const paper = channels('--card');
      const luminance = channels(`--${sign}`)
        .map((full, k) => (share * full + (1 - share) * paper[k]) / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
      inks[key] = luminance > 0.179 ? 'black' : 'white';
    }
    return inks[key];
  }

  // ---- Settings.

  const isScalar = () => CATALOGUE.models.find((model) => model.label === settings.model).scalar;

  function query() {
    const head = isScalar()
      ? `model=${settings.model}&N=${settings.N}&decays=${settings.decays}&seed=${settings.seed}`
      : `model=${settings.model}&seed=${settings.seed}`;
    return `${head}&T=${settings.T}&P=${settings.P}&${settings.cut}`;
  }

  async function load() {
    const mine = ++request;
    const wanted = query();
    $('main').setAttribute('aria-busy', 'true');
    try {
      const loaded = await find(wanted);
      if (mine === request) {
        shown = loaded;
        $('error').hidden = true;
        render();
        remember();
      }
    } catch (problem) {
      if (mine === request) {
        $('error').textContent = problem.message;
        $('error').hidden = false;
      }
    } finally {
      if (mine === request) {
        $('main').removeAttribute('aria-busy');
      }
    }
  }

  async function find(wanted) {
    if (CATALOGUE.live) {
      return ask(`/exploration?${wanted}`);
    }
    const stored = DATA.explorations[wanted];
    if (!stored) {
      throw new Error(`This file does not hold ${wanted}; ./duality explore shows any settings.`);
    }
    return { matrix: DATA.matrices[stored.matrix], blocks: stored.blocks };
  }

  async function ask(address) {
    let answer;
    try {
      answer = await fetch(address);
    } catch {
      throw new Error('The server does not answer; ./duality explore starts it.');
    }
    if (!answer.ok) {
      throw new Error(await answer.text());
    }
    return answer.json();
  }

  /** The address bar holds the state, so that a link shows the same. */
  function remember() {
    const state = `${query()}&j=${view.j}&i=${view.i}&step=${view.step}`;
    history.replaceState(null, '', `#${state}`);
  }

  function recall() {
    for (const part of location.hash.slice(1).split('&')) {
      const [name, value] = part.split('=');
      if (name === 'chunk' || name === 'cuts') {
        settings.cut = part;
      } else if (['j', 'i', 'step'].includes(name) && /^\d+$/.test(value)) {
        view[name] = Number(value);
      } else if (name === 'model' && CATALOGUE.models.some((model) => model.label === value)) {
        settings.model = value;
      } else if (name === 'decays' && value) {
        settings.decays = value;
      } else if (['T', 'N', 'P', 'seed'].includes(name) && /^\d+$/.test(value)) {
        settings[name] = Number(value);
      }
    }
    view.step = Math.min(4, Math.max(1, view.step));
    settings.T = closest(CATALOGUE.lengths, settings.T);
    settings.N = closest(CATALOGUE.stateSizes, settings.N);
    settings.P = closest(CATALOGUE.channels, settings.P);
    settings.seed = closest(CATALOGUE.seeds, settings.seed);
    if (!CATALOGUE.live && !CATALOGUE.decays.includes(settings.decays)) {
      settings.decays = CATALOGUE.decays[0];
    }
    keepCut();
  }

  const cuts = () => CATALOGUE.cuts[CATALOGUE.lengths.indexOf(settings.T)];

  /** Keeps the cut if this length has it. */
  function keepCut() {
    const own = CATALOGUE.live && settings.cut.startsWith('cuts=');
    if (!own && !cuts().includes(settings.cut)) {
      const even = cuts().filter((cut) => cut.startsWith('chunk='));
      const wanted = Number(settings.cut.split('=')[1]) || 3;
      settings.cut = `chunk=${closest(even.map((cut) => Number(cut.split('=')[1])), wanted)}`;
    }
  }

  // ---- Controls.

  const DECAY_NAMES = {
    random: 'random', 1: '1: no decay (linear attention)', 0.9: '0.9 for all steps (RetNet)', 0.5: '0.5 for all steps',
    reset: 'random, with a reset to 0',
  };

  function slider(id, list, get, set, show = String) {
    const input = $(id);
    input.addEventListener('input', () => {
      set(list()[Number(input.value)]);
    });
    return () => {
      const values = list();
      const at = values.indexOf(get());
      input.max = String(values.length - 1);
      input.value = String(Math.max(0, at));
      input.disabled = values.length < 2;
      const shownValue = show(get());
      input.setAttribute('aria-valuetext', shownValue);
      $(`${id}-value`).textContent = shownValue;
    };
  }

  const cutName = (cut) => (cut.startsWith('chunk=') ? cut.slice(6) : 'unequal');

  const showControls = [];

  function connectControls() {
    const changed = (change) => (value) => {
      change(value);
      syncControls();
      load();
    };
    $('model').append(...CATALOGUE.models.map(({ label, scalar }) =>
      el('option', { value: label }, scalar ? 'scalar SSM (SSD)' : label)));
    $('model').addEventListener('change', changed(() => { settings.model = $('model').value; }));
    $('decays').append(
      ...CATALOGUE.decays.map((decay) => el('option', { value: decay }, DECAY_NAMES[decay] || decay)),
      ...(CATALOGUE.live ? [el('option', { value: 'own' }, 'own numbers …')] : []));
    $('decays').addEventListener('change', changed(() => {
      settings.decays = $('decays').value === 'own' ? shownDecays() : $('decays').value;
    }));
    $('own-decays').addEventListener('change', changed(() => {
      settings.decays = $('own-decays').value.replaceAll(' ', '').replaceAll('−', '-');
    }));
    $('own-cuts').addEventListener('change', changed(() => {
      const places = $('own-cuts').value.replaceAll(' ', '');
      settings.cut = places ? `cuts=${places}` : 'chunk=3';
      keepCut();
    }));
    showControls.push(
      slider('T', () => CATALOGUE.lengths, () => settings.T, changed((value) => {
        settings.T = value;
        if (settings.decays.includes(',')) {
          settings.decays = 'random';
        }
        if (settings.cut.startsWith('cuts=')) {
          settings.cut = 'chunk=3';
        }
        keepCut();
      })),
      slider('N', () => (isScalar() ? CATALOGUE.stateSizes : [stateSize()]), () => (isScalar() ? settings.N : stateSize()),
        changed((value) => { settings.N = value; })),
      slider('chunk', cuts, () => settings.cut, changed((value) => { settings.cut = value; }), cutName),
      slider('P', () => CATALOGUE.channels, () => settings.P, changed((value) => { settings.P = value; })),
      slider('seed', () => CATALOGUE.seeds, () => settings.seed, changed((value) => { settings.seed = value; })),
    );
    for (const name of ['T', 'N', 'P', 'Q']) {
      const list = { T: 'lengths', N: 'stateSizes', P: 'channels', Q: 'chunkLengths' }[name];
      const show = slider(`scale-${name}`, () => CATALOGUE.scale[list], () => scale[name], (value) => {
        scale[name] = value;
        show();
        renderScale();
      }, whole);
      show();
    }
    $('controls').addEventListener('submit', (event) => event.preventDefault());
    for (const node of document.querySelectorAll('.live')) {
      node.hidden = !CATALOGUE.live;
    }
    $('provenance').textContent = CATALOGUE.live
      ? 'Served on this machine by ./duality explore. All numbers are computed by the library.'
      : 'All numbers were computed by the library, for the settings that the controls offer. ./duality explore shows any others.';
  }

  const shownDecays = () => shown.matrix.steps.map((step) => step.scalar ?? 1).join(',');

  function syncControls() {
    $('model').value = settings.model;
    $('decays-control').hidden = !isScalar();
    const own = !CATALOGUE.decays.includes(settings.decays);
    $('decays').value = own ? 'own' : settings.decays;
    $('own-decays-control').hidden = !own || !isScalar();
    if (own) {
      $('own-decays').value = settings.decays.replaceAll(',', ', ');
    }
    $('own-cuts').value = settings.cut.startsWith('cuts=') ? settings.cut.slice(5) : '';
    showControls.forEach((show) => show());
  }

  const stateSize = () => (shown ? shown.matrix.steps[0].input.length : 0);

  // ---- The matrix.

  const entry = () => shown.matrix.matrix[view.j][view.i];

  function renderMatrix() {
    const matrix = shown.matrix.matrix;
    const T = matrix.length;
    const most = largest(matrix);
    const starts = new Set(shown.blocks.boundaries.slice(1, -1));
    const every = T <= 20 ? 1 : T <= 40 ? 4 : 8;
    const label = (t) => (t % every === 0 ? String(t) : '');
    const grid = $('matrix');
    grid.style.setProperty('--T', T);
    grid.classList.toggle('fine', T > 20);
    grid.setAttribute('aria-rowcount', T + 1);
    grid.setAttribute('aria-colcount', T + 1);
    fill(grid, 
      el('div', { role: 'row' },
        el('div', { role: 'columnheader', class: 'head' }, el('span', { class: 'spoken' }, 'j, i')),
        matrix.map((_, i) => el('div', { role: 'columnheader', class: 'head', 'data-i': i }, label(i)))),
      ...matrix.map((row, j) => el('div', { role: 'row' },
        el('div', { role: 'rowheader', class: 'head', 'data-j': j }, label(j)),
        row.map((value, i) => {
          const edges = `${starts.has(j) ? ' cut-top' : ''}${starts.has(i) ? ' cut-left' : ''}`;
          if (i > j) {
            return el('div', { role: 'gridcell', class: `cell future${edges}`, 'aria-label': `${j}, ${i}: the future` });
          }
          const colour = tint(value, most);
          return el('div', {
            ...colour, role: 'gridcell', class: `cell ${colour.class}${edges}`, 'data-j': j, 'data-i': i, tabindex: -1,
            'aria-label': `M ${j}, ${i} = ${text(value)}`, title: `M[${j}, ${i}] = ${text(value)}`,
          }, brief(value));
        }))),
      el('div', { id: 'rank-block', 'aria-hidden': 'true' }));
    fill($('legend'), ...[-1, -0.1, -0.01, 0, 0.01, 0.1, 1].map((share) =>
      el('span', { ...tint(share, 1), 'data-sign': share < 0 ? '−' : '' }, text(share * most, 2))));
    sizeNumbers();
  }

  const cellOf = (j, i) => $('matrix').querySelector(`.cell[data-j="${j}"][data-i="${i}"]`);

  /** Numbers in cells that have room for them, a minus for negative entries in cells that have room for that. */
  function sizeNumbers() {
    const first = cellOf(0, 0);
    const width = first ? first.clientWidth : 0;
    $('matrix').style.setProperty('--cell-font', width >= 30 ? `${Math.min(17, width * 0.27)}px` : '0');
    $('matrix').style.setProperty('--mark-font', width < 30 && width >= 8 ? `${width * 0.8}px` : '0');
  }

  function select(j, i, focus = false) {
    const T = shown.matrix.matrix.length;
    view.j = Math.min(T - 1, Math.max(0, j));
    view.i = Math.min(view.j, Math.max(0, i));
    view.expanded = false;
    renderSelection();
    renderEntry();
    remember();
    if (focus) {
      cellOf(view.j, view.i).focus();
    }
  }

  function renderSelection() {
    for (const node of $('matrix').querySelectorAll('.on, .band')) {
      node.classList.remove('on', 'band');
      if (node.classList.contains('cell')) {
        node.tabIndex = -1;
        node.removeAttribute('aria-selected');
      }
    }
    const chosen = cellOf(view.j, view.i);
    chosen.classList.add('on');
    chosen.tabIndex = 0;
    chosen.setAttribute('aria-selected', 'true');
    $('matrix').querySelector(`.head[data-j="${view.j}"]`).classList.add('on');
    $('matrix').querySelector(`.head[data-i="${view.i}"]`).classList.add('on');
    $('spoken').textContent = `Entry ${view.j}, ${view.i}: ${text(entry())}`;
  }

  function moveInMatrix(event) {
    const last = shown.matrix.matrix.length - 1;
    const { j, i } = view;
    const target = {
      ArrowUp: [j - 1 < i ? j : j - 1, i], ArrowDown: [j + 1, i], ArrowLeft: [j, i - 1], ArrowRight: [j, i + 1],
      Home: event.ctrlKey ? [0, 0] : [j, 0], End: event.ctrlKey ? [last, last] : [j, j],
      PageUp: [i, i], PageDown: [last, i],
    }[event.key];
    if (target && !event.altKey && !event.metaKey) {
      event.preventDefault();
      select(target[0], target[1], true);
    }
  }

  // ---- One entry.

  /** A matrix in brackets. */
  function bracket(matrix, tinted = false) {
    const compact = matrix.length > 16 || (matrix[0] || []).length > 9;
    const most = tinted || compact ? largest(matrix) : 0;
    return el('table', { class: `bracket${tinted || compact ? ' tint' : ''}${compact ? ' compact' : ''}` },
      el('tbody', null, matrix.map((row) => el('tr', null, row.map((value) => {
        const colour = most ? tint(value, most * (compact ? 1 : 8)) : {};
        return el('td', { ...colour, class: `${colour.class || ''}${value === 0 ? ' zero' : ''}`, title: compact ? text(value) : null },
          compact ? '' : text(value));
      })))));
  }

  const captioned = (caption, node, kind) => el('figure', { class: kind }, node, el('figcaption', null, caption));
  const column = (matrix) => matrix.map((row) => row[0]);
  const op = (sign) => el('span', { class: 'op' }, sign);

  function chip(label, value, kind) {
    return el('span', { class: `chip ${kind || ''}` }, el('span', null, label), value);
  }

  function transitionChip(t) {
    const step = shown.matrix.steps[t];
    if (step.scalar !== undefined) {
      return chip(v('a', t), number(step.scalar), 'decay');
    }
    return step.diagonal
      ? chip(['diag ', v('a', t)], bracket(step.diagonal), 'decay')
      : chip(v('A', t), bracket(step.transition), 'decay');
  }

  function renderProduct() {
    const { j, i } = view;
    const steps = shown.matrix.steps;
    const reading = steps[j].output !== undefined;
    const first = reading
      ? chip([v('C', j), sup('T')], bracket(steps[j].output), 'out')
      : chip(v('P', j), bracket(steps[j].readout), 'out');
    const between = [];
    for (let t = reading ? j : j - 1; t > i; t--) {
      between.push(t);
    }
    const kept = steps[j].scalar !== undefined ? 3 : steps[j].diagonal ? 2 : 1;
    const hidden = between.length > 2 * kept + 1 && !view.expanded ? between.slice(kept, -kept) : [];
    const factors = i === j && !reading
      ? [chip(v('D', j), number(entry()), 'in')]
      : [first,
        between.filter((t) => !hidden.includes(t)).map((t) => [
          transitionChip(t),
          t === hidden[0] + 1
            ? el('button', { type: 'button', id: 'expand', onclick: () => { view.expanded = true; renderProduct(); $('product').focus(); } }, `⋯ ${hidden.length} more`)
            : null,
        ]),
        chip(v('B', i), bracket(steps[i].input), 'in')];
    fill($('product'), 
      factors, op('='), chip(v('M', `${j},${i}`), number(entry()), 'result'));
  }

  function renderRecurrence() {
    const { j, i } = view;
    const steps = shown.matrix.steps;
    const T = steps.length;
    const gap = T <= 20 ? 44 : 24;
    const radius = T <= 20 ? 14 : 8;
    const x = (t) => 26 + radius + t * gap;
    const rows = { y: 22, h: 78, x: 134 };
    const line = (x1, y1, x2, y2, on) => draw('line', { x1, y1, x2, y2, class: `edge${on ? ' on' : ''}` });
    const node = (kind, t, on, act) => draw('g', { class: `node ${kind}${on ? ' on' : ''}`, 'data-t': t, onclick: act },
      draw('circle', { cx: x(t), cy: rows[kind], r: radius }),
      T <= 20 || on ? draw('text', { x: x(t), y: rows[kind] }, String(t)) : null);
    const picture = draw('svg', {
      viewBox: `0 0 ${x(T - 1) + radius + 6} 156`, role: 'img', width: x(T - 1) + radius + 6,
      'aria-label': `From input ${i} through the states ${i} to ${j} to output ${j}`,
    },
    ['y', 'h', 'x'].map((kind) => draw('text', { x: 2, y: rows[kind] + 4, class: 'row-label', 'font-style': 'italic' }, kind)),
    steps.map((step, t) => [
      line(x(t), rows.x - radius, x(t), rows.h + radius, t === i),
      line(x(t), rows.h - radius, x(t), rows.y + radius, t === j),
      t > 0 ? line(x(t - 1) + radius, rows.h, x(t) - radius, rows.h, t > i && t <= j) : null,
    ]),
    steps.map((step, t) => (t > 0 && T <= 20 && step.scalar !== undefined
      ? draw('text', { x: x(t) - gap / 2, y: rows.h - radius - 5, class: `edge-label${t > i && t <= j ? ' on' : ''}` }, text(step.scalar, 2))
      : null)),
    steps.map((_, t) => [
      node('x', t, t === i, () => select(Math.max(view.j, t), t)),
      node('h', t, t >= i && t <= j, () => select(t, Math.min(view.i, t))),
      node('y', t, t === j, () => select(t, Math.min(view.i, t))),
    ]));
    picture.style.minWidth = `${Math.min(x(T - 1) + radius + 6, T * (T <= 20 ? 27 : 12))}px`;
    fill($('diagram'), picture);
    $('diagram').scrollLeft = (x(i) - 3 * gap) * ($('diagram').scrollWidth / (x(T - 1) + radius + 6));
    fill($('recurrence-lead'), 'An input of 1 at time ', String(i), ' alone: ', v('h'), ' carries it to time ', String(j), ', where ',
      v('y', j), ' reads ', number(entry()), '.');
    const path = shown.matrix.paths[i].slice(0, j - i + 1);
    fill($('path'), el('table', { class: 'list' },
      el('thead', null, el('tr', null, el('th', { scope: 'col' }, 'time'),
        el('th', { scope: 'col', colspan: path[0].length }, 'state ', v('h'), ' after the step'))),
      el('tbody', null, path.map((state, k) => el('tr', { class: i + k === j ? 'on' : null },
        el('td', null, String(i + k)), column(state).map((value) => el('td', null, text(value)))))),
    ));
    $('path').scrollTop = $('path').scrollHeight;
  }

  function map(matrix, most, name, full) {
    const T = matrix.length;
    const { j, i } = view;
    const wider = T > 20 ? T / 40 : 0; // so that it is seen where cells are tiny
    return draw('svg', {
      viewBox: `-0.2 -0.2 ${T + 0.4} ${T + 0.4}`, class: 'map', role: 'img', 'aria-label': `${name}: ${text(matrix[j][i])} at row ${j}, column ${i}`,
      onclick: (event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const at = (offset, size) => Math.floor((offset / size) * (T + 0.4) - 0.2);
        select(at(event.clientY - box.top, box.height), at(event.clientX - box.left, box.width));
      },
    },
    matrix.map((row, r) => row.map((value, c) => {
      const s = strength(value, most);
      const dim = c > r && full ? 0.35 : 1;
      return s === 0 ? null : draw('rect', {
        x: c, y: r, width: 1, height: 1,
        fill: `color-mix(in srgb, var(${value < 0 ? '--negative' : '--positive'}) ${(s * dim * 100).toFixed(0)}%, var(--card))`,
      });
    })),
    T <= 10 ? matrix.map((row, r) => row.map((value, c) => (value < 0 && c <= r && strength(value, most) > 0
      ? draw('path', { d: `M${c + 0.3} ${r + 0.5}h0.4`, stroke: inkOn('negative', strength(value, most)), 'stroke-width': 0.08 })
      : null))) : null,
    draw('rect', { x: 0, y: 0, width: T, height: T, class: 'frame' }),
    draw('rect', { x: 0, y: j, width: j + 1, height: 1, class: 'cross' }),
    draw('rect', { x: i, y: i, width: 1, height: T - i, class: 'cross' }),
    ['halo', 'chosen'].map((kind) => draw('rect', {
      x: i - wider, y: j - wider, width: 1 + 2 * wider, height: 1 + 2 * wider, class: kind, 'data-j': j, 'data-i': i,
    })));
  }

  function renderAttention() {
    const { j, i } = view;
    const attention = shown.matrix.attention;
    if (!attention) {
      fill($('attention-lead'), 'This model has no queries and keys that pair up: ', v('M'),
        ' itself is the attention, and its row ', String(j), ' holds the weights of the inputs for output ', String(j), '.');
      fill($('attention-maps'), captioned(v('M'), map(shown.matrix.matrix, largest(shown.matrix.matrix), 'M')));
      fill($('attention-numbers'), el('p', null, 'weight ', number(entry())));
      return;
    }
    view.term = Math.min(view.term, attention.terms.length - 1);
    const term = attention.terms[view.term];
    const names = {
      ONE_SEMISEPARABLE: {
        lead: ['Query ', v('C', j), ' meets key ', v('B', i), '; the mask ', v('L'), ' = 1SS(', v('a'), ') fades what is old. This is the duality.'],
        scores: ['scores ', v('C'), ' ', v('B'), sup('T')], mask: ['mask ', v('L')], product: [v('M')],
        score: ['score ', v('C', j), ' · ', v('B', i)],
        fade: ['mask ', i === j ? '1' : j - i === 1 ? v('a', j) : [v('a', j), j - i === 2 ? ' ' : ' ⋯ ', v('a', i + 1)]],
      },
      SUM: {
        lead: ['Every row of the state has its own decay, so ', v('M'), ` is a sum of ${attention.terms.length} attentions, one of them shown.`],
        scores: ['scores, ', v('n'), ` = ${view.term}`], mask: ['mask, ', v('n'), ` = ${view.term}`], product: ['term ', v('n'), ` = ${view.term}`],
      },
      QUOTIENT: {
        lead: ['The mask here is ', v('M'), ' divided by the scores, entry by entry: what the model does to plain attention.'],
        scores: ['scores ', v('Q'), ' ', v('K'), sup('T')], mask: ['mask ', v('M'), ' / ', v('Q'), v('K'), sup('T')], product: [v('M')],
        score: 'score', fade: 'mask',
      },
    }[attention.kind];
    fill($('attention-lead'), names.lead);
    const below = (matrix) => largest(matrix.map((row, r) => row.slice(0, r + 1)));
    fill($('attention-maps'), 
      captioned(names.scores, map(term.scores, below(term.scores), 'scores', true)), op('∘'),
      captioned(names.mask, map(term.mask, below(term.mask), 'mask')), op('='),
      captioned(names.product, map(term.product, below(term.product), 'product')));
    fill($('attention-numbers'), attention.kind === 'SUM' ? termTable(attention.terms) : el('div', { class: 'chips' },
      chip(names.score, number(term.scores[j][i])), op('×'), chip(names.fade, number(term.mask[j][i])), op('='),
      chip(v('M', `${j},${i}`), number(term.product[j][i]), 'result')));
  }

  function termTable(terms) {
    const { j, i } = view;
    return el('table', { class: 'list' },
      el('thead', null, el('tr', null, ['n', 'score', 'mask', 'product'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', null,
        terms.map((term, n) => el('tr', { class: n === view.term ? 'on' : null },
          el('td', null, el('button', { type: 'button', 'aria-pressed': n === view.term ? 'true' : 'false', 'data-term': n, onclick: () => {
            view.term = n;
            renderAttention();
            $('attention-numbers').querySelector(`[data-term="${n}"]`).focus();
          } }, String(n))),
          [term.scores, term.mask, term.product].map((matrix) => el('td', null, text(matrix[j][i]))))),
        el('tr', null, el('td', { colspan: 3 }, 'sum = ', v('M', `${j},${i}`)), el('td', null, number(entry())))));
  }

  function renderEntry() {
    const { j, i } = view;
    fill($('entry-lead'), v('M', `${j},${i}`)[0], v('M', `${j},${i}`)[1], ' = ', number(entry()),
      ` is how much of input ${i} reaches output ${j}.`);
    renderProduct();
    renderRecurrence();
    renderAttention();
    fill($('block-picture'), blockPicture());
  }

  // ---- The blocks.

  const STEPS = [
    { title: 'Within chunks', factor: 'diagonal blocks', says: 'Each chunk computes its outputs from its own inputs, as if nothing came before: a small attention.' },
    { title: 'Chunk states', factor: 'right factors', says: 'Each chunk sums up its inputs in the state that they leave at its end.' },
    { title: 'State passing', factor: 'centre factors', says: 'States go from chunk to chunk: what enters decays through the chunk, and its own state is added.' },
    { title: 'Outputs', factor: 'left factors', says: 'Each chunk reads the state that enters it, and adds the outputs of step 1. Done.' },
  ];

  function connectTabs() {
    fill($('step-tabs'), STEPS.map((step, k) => el('button', {
      type: 'button', role: 'tab', class: `k${k + 1}`, id: `step-${k + 1}`, 'aria-controls': 'step-panel', onclick: () => goTo(k + 1),
      onkeydown: (event) => {
        const to = { ArrowRight: (k + 1) % 4 + 1, ArrowLeft: (k + 3) % 4 + 1, Home: 1, End: 4 }[event.key];
        if (to) {
          event.preventDefault();
          goTo(to);
          $(`step-${to}`).focus();
        }
      },
    }, `${k + 1} ${step.title}`, el('br'), el('small', null, step.factor))));
    $('previous').addEventListener('click', () => goTo(view.step - 1));
    $('next').addEventListener('click', () => goTo(view.step + 1));
  }

  function goTo(step) {
    view.step = step;
    renderBlocks();
    remember();
  }

  function blockPicture() {
    const bounds = shown.blocks.boundaries;
    const T = bounds[bounds.length - 1];
    const unit = 320 / T;
    const { j, i } = view;
    const rank = stateSize();
    const parts = [];
    for (let r = 1; r < bounds.length; r++) {
      for (let c = 1; c <= r; c++) {
        const x = bounds[c - 1] * unit;
        const y = bounds[r - 1] * unit;
        const width = (bounds[c] - bounds[c - 1]) * unit;
        const height = (bounds[r] - bounds[r - 1]) * unit;
        if (c === r) {
          parts.push(draw('path', { d: `M${x} ${y}v${height}h${width}z`, class: 'factor f1' }));
        } else {
          const least = Math.min(width, height);
          const inset = least / 12;
          const size = Math.max(least * 0.2, Math.min(rank * unit, least * 0.36));
          const rest = (side) => Math.max(0, side - size - 3 * inset);
          parts.push(
            draw('rect', { x: x + inset, y: y + inset, width: size, height: size, class: 'factor f3' }),
            draw('rect', { x: x + inset, y: y + 2 * inset + size, width: size, height: rest(height), class: 'factor f4' }),
            draw('rect', { x: x + 2 * inset + size, y: y + inset, width: rest(width), height: size, class: 'factor f2' }));
        }
        parts.push(draw('rect', { x, y, width, height, class: 'frame-line' }));
      }
    }
    return draw('svg', {
      viewBox: '-1 -1 322 322', role: 'img', 'data-step': view.step,
      'aria-label': `${bounds.length - 1} chunks; in colour: ${STEPS[view.step - 1].factor}`,
    }, parts, draw('rect', { x: 0, y: 0, width: 320, height: 320, class: 'frame-line' }),
    draw('rect', { x: i * unit, y: j * unit, width: unit, height: unit, class: 'entry-mark' }));
  }

  function renderBlocks() {
    const { boundaries, chunks } = shown.blocks;
    fill($('blocks-lead'), `Cut into ${chunks.length} ${chunks.length === 1 ? 'chunk' : 'chunks'}: `,
      boundaries.slice(1).map((to, c) => span(boundaries[c], to)).join(', '), '. Blocks on the diagonal are dense; every block below is left × centre × right, through the state.');
    STEPS.forEach((_, k) => {
      $(`step-${k + 1}`).setAttribute('aria-selected', String(view.step === k + 1));
      $(`step-${k + 1}`).tabIndex = view.step === k + 1 ? 0 : -1;
    });
    fill($('block-picture'), blockPicture());
    $('previous').disabled = view.step === 1;
    $('next').disabled = view.step === 4;
    const panel = $('step-panel');
    panel.className = `k${view.step}`;
    panel.setAttribute('aria-labelledby', `step-${view.step}`);
    fill(panel, el('p', null, STEPS[view.step - 1].says),
      el('div', { class: 'chunks' }, chunks.map((chunk, c) => el('div', { class: 'chunk', 'data-chunk': c, tabindex: 0, role: 'group', 'aria-label': `chunk ${c}` },
        el('h4', null, `chunk ${c}: ${boundaries[c + 1] - boundaries[c] === 1 ? 'time' : 'times'} ${span(boundaries[c], boundaries[c + 1])}`),
        el('div', { class: 'equation' }, equation(chunk, c))))));
    const { quadraticDifference, blockDifference, y } = shown.blocks;
    const off = (difference) => (difference === 0 ? 'exactly 0' : text(difference, 2));
    $('agreement').hidden = view.step !== 4;
    fill($('agreement'), 'The same outputs three times: the largest difference from the recurrence is ', el('b', { class: 'n' }, off(blockDifference)),
      ' for the blocks and ', el('b', { class: 'n' }, off(quadraticDifference)), ' for ', v('M'), ' ', v('X'), ', where outputs go up to ', number(largest(y), 3), '.');
  }

  function equation(chunk, c) {
    const { boundaries, x } = shown.blocks;
    const from = boundaries[c];
    const to = boundaries[c + 1];
    const centre = chunk.scalarCentre !== undefined ? number(chunk.scalarCentre) : bracket(chunk.centre);
    const inputs = () => captioned([v('X', c)], bracket(x.slice(from, to)));
    switch (view.step) {
      case 1: {
        const block = shown.matrix.matrix.slice(from, to).map((row) => row.slice(from, to));
        return [captioned([v('M', `${c},${c}`)], bracket(block, true)), inputs(), op('='),
          captioned(['from inputs'], bracket(chunk.fromInputs), 'result')];
      }
      case 2:
        return [captioned([v('B', c), ', right'], bracket(chunk.right, true)), inputs(), op('='),
          captioned(['state ', v('S', c)], bracket(chunk.update), 'result')];
      case 3:
        return [captioned([chunk.scalarCentre !== undefined ? v('a', c) : v('A', c), ', centre'], centre),
          captioned([c === 0 ? 'start' : v('H', c - 1)], bracket(chunk.entering)), op('+'),
          captioned([v('S', c)], bracket(chunk.update)), op('='), captioned([v('H', c)], bracket(chunk.leaving), 'result')];
      default:
        return [captioned([v('P', c), ', left'], bracket(chunk.left, true)),
          captioned([c === 0 ? 'start' : v('H', c - 1)], bracket(chunk.entering)), op('+'),
          captioned(['from inputs'], bracket(chunk.fromInputs)), op('='), captioned([v('Y', c)], bracket(chunk.y), 'result')];
    }
  }

  /** The width of a chart, in pixels, so that its letters keep their size. */
  const roomOf = (id) => Math.min(860, Math.max(260, $(id).clientWidth));

  // ---- Ranks.

  function renderRanks() {
    const { ranks, kind } = shown.matrix;
    const T = ranks.lower.length;
    view.cut = T === 1 ? 0 : Math.min(T - 1, Math.max(1, view.cut));
    fill($('ranks-lead'), 
      `No block on or below the diagonal has a rank above ${ranks.order}, strictly below it ${ranks.strictOrder}: the matrix is `,
      el('b', null, `${ranks.order}-semiseparable`), `${ranks.toeplitz ? ' and Toeplitz' : ''}. The model, by exact ranks at T = ${kind.length}: `,
      el('b', { id: 'kind' }, kind.summary), '.');
    const slide = $('rank-cut');
    slide.max = String(Math.max(1, T - 1));
    slide.value = String(view.cut);
    slide.disabled = T < 3;
    renderRankChart();
  }

  function renderRankChart() {
    const { ranks } = shown.matrix;
    const T = ranks.lower.length;
    const highest = Math.max(1, ranks.order);
    const width = roomOf('ranks-chart');
    const height = 150;
    const left = 28;
    const bar = (width - left) / T;
    const up = (rank) => height - (rank / highest) * (height - 14);
    const ticks = [...Array(highest + 1).keys()].filter((rank) => highest <= 6 || rank % Math.ceil(highest / 5) === 0);
    fill($('ranks-chart'), draw('svg', {
      viewBox: `0 0 ${width} ${height + 24}`, class: 'bars', role: 'img',
      'aria-label': `Ranks of the blocks below the diagonal, by cut: ${ranks.strictlyLower.join(', ')}`,
    },
    ticks.map((rank) => [draw('line', { x1: left, x2: width, y1: up(rank), y2: up(rank), class: 'rule' }),
      draw('text', { x: left - 6, y: up(rank) + 4, class: 'tick', 'text-anchor': 'end' }, String(rank))]),
    ranks.strictlyLower.map((rank, i) => [
      draw('rect', {
        x: left + i * bar + bar * 0.15, width: bar * 0.7, y: up(rank), height: height - up(rank), class: i === view.cut ? 'at' : null,
        'data-cut': i, onclick: () => setCut(i),
      }),
      draw('line', { x1: left + i * bar + bar * 0.05, x2: left + (i + 1) * bar - bar * 0.05, y1: up(ranks.lower[i]), y2: up(ranks.lower[i]), class: 'incl' }),
      T <= 20 || i % 8 === 0 ? draw('text', { x: left + (i + 0.5) * bar, y: height + 16, class: 'tick', 'text-anchor': 'middle' }, String(i)) : null,
    ])));
    const i = view.cut;
    $('rank-cut-value').textContent = String(i);
    $('rank-cut').setAttribute('aria-valuetext', `cut ${i}: rank ${ranks.strictlyLower[i]}`);
    fill($('rank-text'), T === 1 ? 'One step has nothing below the diagonal.' : [
      `Rows ${span(i, T)}, columns ${span(0, i)}: a ${T - i}×${i} block of rank `, number(ranks.strictlyLower[i]),
      `, outlined in the matrix. All that the past can tell the future at time ${i} fits into that many numbers. Dark lines: ranks with the diagonal.`,
    ]);
    const outline = $('rank-block');
    outline.hidden = T === 1;
    outline.style.gridRow = `${i + 2} / ${T + 2}`;
    outline.style.gridColumn = `2 / ${i + 2}`;
  }

  function setCut(i) {
    if (i > 0) {
      view.cut = i;
      $('rank-cut').value = String(i);
      renderRankChart();
    }
  }

  // ---- Operations.

  const FORMS = [['recurrent', 'recurrence'], ['quadratic', 'attention (quadratic)'], ['block', 'blocks']];

  function costTable(counts) {
    const most = Math.max(...FORMS.map(([form]) => counts[form].operations));
    const least = (field) => Math.min(...FORMS.map(([form]) => counts[form][field]));
    const best = { operations: least('operations'), depth: least('depth') };
    return el('table', { class: 'costs' },
      el('thead', null, el('tr', null,
        el('th', { scope: 'col' }, 'form'), el('th', { scope: 'col' }, 'additions and multiplications'),
        el('th', { scope: 'col' }, 'in matrix products'), el('th', { scope: 'col' }, 'longest chain'))),
      el('tbody', null, FORMS.map(([form, name]) => {
        const { operations, inProducts, depth } = counts[form];
        return el('tr', { 'data-form': form },
          el('th', { scope: 'row' }, name),
          el('td', { class: operations === best.operations ? 'least' : null }, el('span', { 'data-field': 'operations' }, whole(operations)),
            el('span', { class: 'bar', 'aria-hidden': 'true' }, el('span', { '--share': (operations / most).toFixed(4) }))),
          el('td', null, operations === 0 ? '–' : `${Math.round((inProducts / operations) * 100)} %`),
          el('td', { class: depth === best.depth ? 'least' : null, 'data-field': 'depth' }, whole(depth)));
      })));
  }

  function renderCounts() {
    const { boundaries, counts, x } = shown.blocks;
    const lengths = boundaries.slice(1).map((to, c) => to - boundaries[c]);
    fill($('counts-here'), `Here: T = ${shown.matrix.matrix.length}, N = ${stateSize()}, P = ${x[0].length}, `,
      settings.cut.startsWith('chunk=') ? `Q = ${settings.cut.slice(6)}` : `chunks of ${lengths.join(', ')}`);
    fill($('counts'), costTable(counts));
  }

  let scaleRequest = 0;
  let scaleSeries = null;

  async function renderScale() {
    const mine = ++scaleRequest;
    const wanted = `N=${scale.N}&P=${scale.P}&Q=${scale.Q}`;
    let series;
    try {
      series = CATALOGUE.live ? await ask(`/scale?${wanted}`) : DATA.scale[wanted];
    } catch (problem) {
      $('error').textContent = problem.message;
      $('error').hidden = false;
      return;
    }
    if (mine === scaleRequest) {
      scaleSeries = series;
      drawScale();
    }
  }

  function drawScale() {
    const at = CATALOGUE.scale.lengths.indexOf(scale.T);
    fill($('scale-counts'), costTable(scaleSeries[at]));
    fill($('scale-chart'), scaleChart(scaleSeries, at));
  }

  function scaleChart(series, at) {
    const lengths = CATALOGUE.scale.lengths;
    const all = series.flatMap((counts) => FORMS.map(([form]) => counts[form].operations));
    const low = Math.floor(Math.log10(Math.min(...all)));
    const high = Math.ceil(Math.log10(Math.max(...all)));
    const [width, height, left, right, bottom] = [roomOf('scale-chart'), 300, 42, 86, 270];
    const x = (k) => left + (k / (lengths.length - 1)) * (width - left - right);
    const y = (operations) => bottom - ((Math.log10(operations) - low) / (high - low)) * (bottom - 14);
    const decades = [...Array(high - low + 1).keys()].map((k) => low + k);
    const ends = FORMS.map(([form, name]) => ({ form, name: name.split(' ')[0], y: y(series.at(-1)[form].operations) })).sort((a, b) => a.y - b.y);
    ends.forEach((end, k) => { end.y = k === 0 ? end.y : Math.max(end.y, ends[k - 1].y + 17); });
    return draw('svg', { viewBox: `0 0 ${width} ${height + 16}`, role: 'img', 'aria-label': 'Operations against T, on logarithmic axes; the table above has the numbers at the chosen T' },
      decades.map((decade) => [
        draw('line', { x1: left, x2: width - right, y1: y(10 ** decade), y2: y(10 ** decade), class: 'rule' }),
        draw('text', { x: left - 6, y: y(10 ** decade) + 4, class: 'tick', 'text-anchor': 'end' }, `10${[...String(decade)].map((digit) => SUPERSCRIPTS[digit]).join('')}`),
      ]),
      lengths.map((length, k) => (k % (width < 480 ? 4 : 2) === 0 ? draw('text', { x: x(k), y: bottom + 18, class: 'tick', 'text-anchor': 'middle' }, whole(length)) : null)),
      draw('text', { x: (left + width - right) / 2, y: bottom + 38, class: 'tick', 'text-anchor': 'middle' }, 'steps T'),
      draw('line', { x1: x(at), x2: x(at), y1: 8, y2: bottom, stroke: 'var(--ink)', 'stroke-width': 1.5 }),
      FORMS.map(([form]) => [
        draw('polyline', { class: `line ${form}`, points: series.map((counts, k) => `${x(k).toFixed(1)},${y(counts[form].operations).toFixed(1)}`).join(' ') }),
        draw('circle', { class: `dot ${form}`, cx: x(at), cy: y(series[at][form].operations), r: 5.5 }),
      ]),
      ends.map(({ form, name, y: end }) => draw('text', { x: width - right + 8, y: end + 4, class: `chart-label ${form}` }, name)));
  }

  // ---- Everything.

  function render() {
    const { equation: recurrence, source, kind, matrix } = shown.matrix;
    const T = matrix.length;
    view.j = Math.min(view.j, T - 1);
    view.i = Math.min(view.i, view.j);
    syncControls();
    fill($('about'), el('b', { id: 'equation' }, recurrence), el('br'), el('small', null, `${source}. Class: ${kind.summary}.`));
    renderMatrix();
    renderSelection();
    renderEntry();
    renderBlocks();
    renderRanks();
    renderCounts();
  }

  connectControls();
  recall();
  syncControls();
  $('matrix').addEventListener('keydown', moveInMatrix);
  $('matrix').addEventListener('click', (event) => {
    const cell = event.target.closest('.cell[data-j]');
    if (cell) {
      select(Number(cell.dataset.j), Number(cell.dataset.i), true);
    }
  });
  connectTabs();
  $('rank-cut').addEventListener('input', () => setCut(Number($('rank-cut').value)));
  scheme.addEventListener('change', () => {
    inks = {};
    if (shown) {
      render();
    }
  });
  new ResizeObserver(sizeNumbers).observe($('matrix'));
  let room = 0;
  new ResizeObserver(() => {
    if (roomOf('ranks-chart') !== room && shown && scaleSeries) {
      room = roomOf('ranks-chart');
      renderRankChart();
      drawScale();
    }
  }).observe($('ranks-chart'));
  window.addEventListener('hashchange', () => { // a link to other settings on the same page
    recall();
    syncControls();
    load();
  });
  load();
  renderScale();
})();
