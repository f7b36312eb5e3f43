// The report's script: theme button, values under the pointer and the arrow keys, saving figures.
'use strict';

// --- theme: the reader's setting, until the button is pressed

const root = document.documentElement;
const themeButton = document.getElementById('theme');
const darkSetting = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ?? (darkSetting.matches ? 'dark' : 'light')) === 'dark';

function nameTheme() {
  themeButton.textContent = isDark() ? 'Light' : 'Dark';
  themeButton.setAttribute('aria-label', isDark() ? 'Switch to light' : 'Switch to dark');
}

themeButton.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  nameTheme();
});
darkSetting.addEventListener('change', nameTheme);
nameTheme();

// --- marks: every shape with a <title> of its own; its text moves to data-tip, where the page can show it

const drawings = [...document.querySelectorAll('.drawing')];

for (const drawing of drawings) {
  const svg = drawing.querySelector('svg');
  for (const title of [...svg.querySelectorAll('title')]) {
    if (title.parentNode === svg) svg.setAttribute('aria-label', title.textContent);
    else title.parentNode.dataset.tip = title.textContent;
    title.remove();
  }
}

function words(mark) {
  const group = mark.parentNode.closest('[aria-label]');
  const label = group && group.localName === 'g' ? group.getAttribute('aria-label') + ': ' : '';
  return label + mark.dataset.tip;
}

// --- the tip

const tip = document.getElementById('tip');
const live = document.getElementById('live');

function showTip(text, box) {
  tip.textContent = text;
  tip.hidden = false;
  const width = tip.offsetWidth, height = tip.offsetHeight, margin = 8;
  const left = Math.min(Math.max(margin, box.left + box.width / 2 - width / 2), innerWidth - width - margin);
  const above = box.top - height - margin;
  tip.style.transform = `translate(${left}px, ${above > 0 ? above : box.bottom + margin}px)`;
}

const hideTip = () => { tip.hidden = true; };

document.addEventListener('pointerover', event => {
  const mark = event.target.closest?.('.drawing [data-tip]');
  if (mark) showTip(words(mark), mark.getBoundingClientRect());
  else if (event.pointerType === 'mouse') hideTip();
});
addEventListener('scroll', hideTip, {passive: true, capture: true});

// --- arrow keys: from mark to mark

const cursors = new WeakMap();

function marksOf(drawing) {
  return [...drawing.querySelectorAll('[data-tip]')].map(mark => {
    const box = mark.getBoundingClientRect();
    const row = mark.closest('[data-nav=rows]') && mark.parentNode.closest('[aria-label]');
    return {mark, row, x: box.left + box.width / 2, y: box.top + box.height / 2};
  });
}

// In rows (a beeswarm, curves) left and right follow the row, and up and down change it.
function inRows(marks, from, dx, dy) {
  if (dx) {
    const row = marks.filter(m => m.row === from.row).sort((a, b) => a.x - b.x);
    return row[row.findIndex(m => m.mark === from.mark) + dx];
  }
  const rows = [...new Set(marks.map(m => m.row))];
  const row = rows[rows.indexOf(from.row) + dy];
  return row && nearest(marks.filter(m => m.row === row), m => Math.abs(m.x - from.x));
}

// Elsewhere to the nearest mark that way, where sideways counts three times.
function inPlane(marks, from, dx, dy) {
  const cost = m => {
    const along = (m.x - from.x) * dx + (m.y - from.y) * dy;
    const aside = Math.abs((m.x - from.x) * dy) + Math.abs((m.y - from.y) * dx);
    return along > 0.5 ? along + 3 * aside : Infinity;
  };
  const to = nearest(marks, cost);
  return to && cost(to) < Infinity ? to : undefined;
}

function nearest(marks, cost) {
  return marks.reduce((best, m) => (!best || cost(m) < cost(best) ? m : best), undefined);
}

function moveTo(drawing, mark) {
  const svg = drawing.querySelector('svg');
  cursors.get(drawing)?.frame.remove();
  mark.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
  const box = mark.getBBox();
  const pad = box.width < 12 ? 5 : 1;
  const frame = document.createElementNS(svg.namespaceURI, 'rect');
  frame.setAttribute('class', 'cursor');
  frame.setAttribute('rx', box.width < 12 ? 5 : 1.5);
  frame.setAttribute('x', box.x - pad);
  frame.setAttribute('y', box.y - pad);
  frame.setAttribute('width', box.width + 2 * pad);
  frame.setAttribute('height', box.height + 2 * pad);
  svg.append(frame);
  cursors.set(drawing, {mark, frame});
  live.textContent = words(mark);
  // After the scroll event, which hides the tip.
  requestAnimationFrame(() => requestAnimationFrame(() => showTip(words(mark), mark.getBoundingClientRect())));
}

function leave(drawing) {
  cursors.get(drawing)?.frame.remove();
  cursors.delete(drawing);
  hideTip();
}

const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

for (const drawing of drawings) {
  drawing.addEventListener('blur', () => leave(drawing));
  drawing.addEventListener('keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') return leave(drawing);
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== 'Home' && event.key !== 'End') return;
    const marks = marksOf(drawing);
    if (marks.length === 0) return;
    event.preventDefault();
    const from = arrow && marks.find(m => m.mark === cursors.get(drawing)?.mark);
    const to = event.key === 'End' ? marks.at(-1)
      : !from ? marks[0]
      : (from.row ? inRows : inPlane)(marks, from, ...arrow);
    if (to) moveTo(drawing, to.mark);
  });
}

// --- saving: the figure as a file of its own, with its own style and its titles back in place

function standalone(svg) {
  const copy = svg.cloneNode(true);
  copy.querySelector('.cursor')?.remove();
  const titled = (element, text) => {
    const title = document.createElementNS(svg.namespaceURI, 'title');
    title.textContent = text;
    element.prepend(title);
  };
  for (const mark of copy.querySelectorAll('[data-tip]')) {
    titled(mark, mark.dataset.tip);
    mark.removeAttribute('data-tip');
  }
  const style = document.createElementNS(svg.namespaceURI, 'style');
  style.textContent = document.getElementById('figure-style').textContent;
  copy.prepend(style);
  titled(copy, copy.getAttribute('aria-label') ?? '');
  copy.removeAttribute('aria-label');
  return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(copy);
}

function fileName(title) {
  return (title.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'figure') + '.svg';
}

for (const button of document.querySelectorAll('.save')) {
  button.addEventListener('click', () => {
    const svg = button.closest('figure').querySelector('svg');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([standalone(svg)], {type: 'image/svg+xml'}));
    link.download = fileName(svg.getAttribute('aria-label') ?? '');
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
