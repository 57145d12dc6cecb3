import { grouped } from './format.js';

const width = 600;
const height = 160;
const mostPoints = 120;

/** A moving line chart: one point a second, two minutes wide, drawn into the SVG of the page. */
export class Chart {
  #points = [];
  #lines = { in: line('in'), out: line('out'), drops: line('drops') };
  #top = document.getElementById('chart-top');
  #words = document.getElementById('chart-words');

  constructor() {
    const grid = document.getElementById('chart-grid');
    for (const share of [0.25, 0.5, 0.75]) grid.append(gridLine(height * share));
  }

  /** `rates` = { in, out, drops }, packets a second. */
  add(rates) {
    this.#points.push(rates);
    if (this.#points.length > mostPoints) this.#points.shift();
    this.#draw();
  }

  #draw() {
    const top = niceTop(Math.max(1, ...this.#points.flatMap((point) => [point.in, point.out, point.drops])));
    const first = mostPoints - this.#points.length;
    for (const [name, target] of Object.entries(this.#lines)) {
      const points = this.#points.map((point, index) => {
        const x = ((first + index) / (mostPoints - 1)) * width;
        return `${x.toFixed(1)},${(height - (point[name] / top) * (height - 4) - 2).toFixed(1)}`;
      });
      target.setAttribute('points', points.join(' '));
    }
    const last = this.#points.at(-1);
    this.#top.textContent = `top of the chart: ${grouped(top)} /s`;
    this.#words.textContent = `now ${grouped(last.in)} in, ${grouped(last.out)} out, ${grouped(last.drops)} dropped`;
  }
}

function line(name) {
  return document.getElementById(`chart-${name}`);
}

function gridLine(y) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  for (const [key, value] of Object.entries({ x1: 0, x2: width, y1: y, y2: y })) made.setAttribute(key, String(value));
  return made;
}

/** 1, 2 or 5 times a power of ten. */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((candidate) => candidate >= value);
}
