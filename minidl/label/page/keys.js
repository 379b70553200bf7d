// Which key does what. The class's own keys are what is left: digits first, then letters.

const CLASS_KEYS = [..."1234567890acdhijkloprtwxy"];

/** Commands by the key that calls them; the text is for the page's table of keys. */
export const COMMANDS = {
  Enter: ["save", "save as shown, and go on"],
  s: ["skip", "skip: decide later"],
  u: ["undo", "undo: first what is drawn, then what was saved last"],
  ArrowRight: ["forward", "next image"],
  ArrowLeft: ["back", "previous image"],
  g: ["accept", "accept the model's guess"],
  n: ["newClass", "new class"],
  f: ["filter", "choose which images are shown"],
  v: ["toolClass", "tool: class of the whole image; drag to pan"],
  b: ["toolBox", "tool: boxes"],
  m: ["toolBrush", "tool: brush"],
  e: ["toolErase", "tool: eraser"],
  q: ["nextBox", "select the next box"],
  Delete: ["remove", "delete the selected box"],
  Backspace: ["remove", null],
  Escape: ["deselect", "select no box"],
  " ": ["dab", "boxes: a new one in the middle; brush: put it down, or lift it"],
  "[": ["smaller", "smaller brush"],
  "]": ["larger", "larger brush"],
  "+": ["zoomIn", "zoom in (or turn the wheel)"],
  "=": ["zoomIn", null],
  "-": ["zoomOut", "zoom out"],
  z: ["fit", "whole image, or pixel by pixel"],
  "?": ["help", "this table"],
};

/** What arrows do beside that, for the page's table. */
export const ARROWS = [
  ["Shift + arrows", "pan; with a selected box: change its size"],
  ["arrows", "with a selected box: move it; with the brush: move the brush"],
  ["PageUp, PageDown", "previous and next image, whatever the tool"],
];

const NAMES = { " ": "Space", ArrowRight: "→", ArrowLeft: "←", Escape: "Esc", Delete: "Del" };

export const nameOf = (key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);

/**
 * The key of each class, undefined where there are too many: the one that the label set gives it,
 * or its name if that is a key, as "7", or else the next free one.
 */
export function keysOf(classes, details) {
  const given = classes.map((name) => {
    const wanted = (details[name]?.key ?? name).toLowerCase();
    const fits = details[name]?.key ? !(wanted in COMMANDS) : CLASS_KEYS.includes(wanted);
    return fits ? wanted : undefined;
  });
  const own = given.map((key, index) => (given.indexOf(key) === index ? key : undefined));
  const free = CLASS_KEYS.filter((key) => !own.includes(key));
  return own.map((key) => key ?? free.shift());
}
