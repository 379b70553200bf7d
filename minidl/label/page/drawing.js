// What is said of the image on the stage, and not saved yet.

import { Mask } from "./mask.js";

const STEPS = 50; // that can be undone

// Okabe and Ito's colours, which most colour-blind people tell apart, and some between.
const COLOURS = [
  [230, 159, 0], [86, 180, 233], [0, 158, 115], [204, 121, 167], [213, 94, 0],
  [0, 114, 178], [240, 228, 66], [148, 103, 189], [140, 86, 75], [127, 200, 60],
];

let chosen = []; // the label set's own, which come first

/** Take the classes' colours, "#rrggbb", or undefined for a class that has none. */
export function useColours(colours) {
  chosen = colours.map((text) => text?.match(/[0-9a-f]{2}/gi).map((pair) => parseInt(pair, 16)));
}

export const colour = (index) => chosen[index] ?? COLOURS[index % COLOURS.length];
/** What is drawn around a colour, so that it is seen on any image. */
export function edge(index) {
  const [red, green, blue] = colour(index);
  const light = 0.3 * red + 0.59 * green + 0.11 * blue > 90;
  return light ? "rgb(0 0 0 / 70%)" : "rgb(255 255 255 / 80%)";
}

export const css = (index) => `rgb(${colour(index).join(" ")})`;

export class Drawing {
  /** `annotation` is what the server has, or null; `size` [height, width], null if unknown. */
  constructor(annotation, size, classes) {
    this.size = size;
    this.classes = classes;
    this.steps = [];
    this.revision = 0; // how often everything on the stage changed
    this.take(annotation ?? {});
  }

  take(annotation) {
    this.label = annotation.class ?? null;
    this.boxes = (annotation.boxes ?? []).map((box) => ({ ...box }));
    this.kept = annotation.masks ?? []; // as it was, for an image that cannot be read any more
    this.mask = this.kept.length && this.size ? this.maskFrom(this.kept) : null;
    this.selected = -1;
    this.revision++;
  }

  maskFrom(masks) {
    const [height, width] = this.size;
    return Mask.from(masks, width, height, this.classes);
  }

  /** Whether something was drawn that is not saved. */
  get changed() {
    return this.steps.length > 0;
  }

  /** Call this before changing anything. */
  remember() {
    this.steps.push(this.toJSON());
    if (this.steps.length > STEPS) this.steps.splice(1, 1); // the first one is what is saved
  }

  undo() {
    this.take(this.steps.pop());
  }

  startMask() {
    const [height, width] = this.size;
    this.mask ??= new Mask(width, height);
    return this.mask;
  }

  removeSelected() {
    if (this.selected < 0) return false;
    this.remember();
    this.boxes.splice(this.selected, 1);
    this.selected = -1;
    return true;
  }

  toJSON() {
    return {
      class: this.label,
      boxes: this.boxes.map((box) => ({ ...box })),
      masks: this.mask ? this.mask.toJSON(this.classes) : this.kept,
    };
  }
}

/** Say in a few words what an annotation says. */
export function describe(annotation) {
  if (!annotation) return "not labelled";
  if (annotation.skipped) return "skipped";
  const parts = annotation.class ? [annotation.class] : [];
  const boxes = annotation.boxes?.length ?? 0;
  if (boxes) parts.push(boxes === 1 ? "1 box" : `${boxes} boxes`);
  if (annotation.masks?.length) {
    parts.push(`mask of ${annotation.masks.map((mask) => mask.class).join(", ")}`);
  }
  return parts.join(" · ") || "nothing in it";
}
