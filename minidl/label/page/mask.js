// A class for each pixel: 0 for none, else the class's index + 1.

export class Mask {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.values = new Uint8Array(width * height);
  }

  /** Paint a line with round ends; return the rectangle that has changed. */
  paint(from, to, radius, value) {
    const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - radius));
    const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - radius));
    const right = Math.min(this.width, Math.ceil(Math.max(from.x, to.x) + radius));
    const bottom = Math.min(this.height, Math.ceil(Math.max(from.y, to.y) + radius));
    const dx = to.x - from.x, dy = to.y - from.y;
    const length = dx * dx + dy * dy;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        // The pixel's centre, and the nearest point of the line.
        const px = x + 0.5 - from.x, py = y + 0.5 - from.y;
        const t = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
        const ex = px - t * dx, ey = py - t * dy;
        if (ex * ex + ey * ey <= radius * radius) this.values[y * this.width + x] = value;
      }
    }
    return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
  }

  /** COCO's run lengths, [{class, size, counts}]: column by column, outside first. */
  toJSON(classes) {
    const { width, height, values } = this;
    const total = width * height;
    const runs = new Map(); // value: {counts, end of the last run}
    let start = 0;
    let value = values[0];
    const close = (end) => {
      if (value) {
        if (!runs.has(value)) runs.set(value, { counts: [], end: 0 });
        const run = runs.get(value);
        run.counts.push(start - run.end, end - start);
        run.end = end;
      }
      start = end;
    };
    for (let x = 0, p = 0; x < width; x++) {
      for (let y = 0; y < height; y++, p++) {
        const here = values[y * width + x];
        if (here !== value) {
          close(p);
          value = here;
        }
      }
    }
    close(total);
    return [...runs].sort(([a], [b]) => a - b).map(([number, run]) => ({
      class: classes[number - 1],
      size: [height, width],
      counts: run.end < total ? [...run.counts, total - run.end] : run.counts,
    }));
  }

  /** The reverse of toJSON. */
  static from(masks, width, height, classes) {
    const mask = new Mask(width, height);
    for (const { class: name, counts } of masks) {
      const value = classes.indexOf(name) + 1;
      let p = 0;
      counts.forEach((count, index) => {
        const end = p + count;
        if (index % 2) {
          for (; p < end; p++) mask.values[(p % height) * width + Math.floor(p / height)] = value;
        }
        p = end;
      });
    }
    return mask;
  }
}
