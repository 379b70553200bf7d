// The canvas: shows image, boxes and mask, and draws them by pointer or keyboard.

import { colour, css, edge } from "./drawing.js";

const GRIP = 8; // pixels of the screen within which an edge is grasped
const MOST_ZOOM = 64;
const LARGEST_BRUSH = 100; // radius, in pixels of the image
const SHADE = 140; // opacity of masks, of 255

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class Stage {
  /** `onChange` is called after something was drawn, `onView` after the view has moved. */
  constructor(canvas, onChange, onView) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.onView = onView;
    this.tool = "class";
    this.current = 0; // index of the class that is drawn
    this.radius = 8;
    this.cursor = null; // of the brush, in pixels of the image
    this.penDown = false;
    this.drag = null;
    this.clear();
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", () => this.up());
    canvas.addEventListener("pointercancel", () => this.up());
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  clear() {
    this.image = this.drawing = this.overlay = null;
    this.drag = null;
    this.redraw();
  }

  show(image, drawing) {
    const before = [this.height, this.width];
    this.image = image;
    this.drawing = drawing;
    [this.height, this.width] = drawing.size;
    if (String(before) !== String(drawing.size)) this.resizeBrush(Math.max(...drawing.size) / 32);
    this.overlay = null;
    this.cursor = { x: this.width / 2, y: this.height / 2 };
    this.penDown = false;
    this.drag = null;
    this.fit();
  }

  // The view

  fit() {
    if (!this.image) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.fitted = Math.min(MOST_ZOOM, (width - 24) / this.width, (height - 24) / this.height);
    const [left, top] = [width - this.fitted * this.width, height - this.fitted * this.height];
    this.look(this.fitted, left / 2, top / 2);
    this.whole = this.canvas.dataset.view;
  }

  toggleFit() {
    if (!this.image) return;
    if (this.canvas.dataset.view === this.whole) this.zoom(1 / this.scale);
    else this.fit();
  }

  zoom(factor, at = { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2 }) {
    if (!this.image) return;
    const scale = clamp(this.scale * factor, Math.min(this.fitted, 1) / 4, MOST_ZOOM);
    const ratio = scale / this.scale;
    this.look(scale, at.x - (at.x - this.x) * ratio, at.y - (at.y - this.y) * ratio);
  }

  pan(dx, dy) {
    if (this.image) this.look(this.scale, this.x + dx, this.y + dy);
  }

  look(scale, x, y) {
    // Some of the image always stays in sight.
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.scale = scale;
    this.x = clamp(x, 40 - scale * this.width, width - 40);
    this.y = clamp(y, 40 - scale * this.height, height - 40);
    this.canvas.dataset.view = [this.scale, this.x, this.y].join(" ");
    this.onView(scale);
    this.redraw();
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * ratio);
    this.fit();
    this.redraw();
  }

  point(event) {
    return { x: (event.offsetX - this.x) / this.scale, y: (event.offsetY - this.y) / this.scale };
  }

  // The pointer

  down(event) {
    if (!this.image || !this.drawing.classes.length) return;
    this.canvas.focus();
    this.canvas.setPointerCapture(event.pointerId);
    const at = this.point(event);
    const paints = this.tool === "brush" || this.tool === "erase";
    if (event.button !== 0 || this.tool === "class") {
      this.drag = { kind: "pan", x: event.offsetX - this.x, y: event.offsetY - this.y };
    } else if (paints && this.drawing.paintable) {
      this.drawing.remember();
      this.drag = { kind: "paint" };
      this.paint(at, at);
    } else if (this.tool === "box") {
      this.drag = this.grasp(at);
    }
    this.redraw();
  }

  move(event) {
    if (!this.image) return;
    const at = this.point(event);
    const drag = this.drag;
    if (drag?.kind === "pan") this.look(this.scale, event.offsetX - drag.x, event.offsetY - drag.y);
    else if (drag?.kind === "paint") this.paint(this.cursor, at);
    else if (drag) this.stretch(drag, at);
    this.cursor = at;
    this.redraw();
  }

  up() {
    const drag = this.drag;
    this.drag = null;
    if (!drag || drag.kind === "pan") return;
    const box = this.drawing.boxes[this.drawing.selected];
    if (drag.kind === "new" && (!box || box.width < 1 || box.height < 1)) {
      if (drag.remembered) this.drawing.undo(); // a click, not a drag
    }
    this.redraw();
    this.onChange();
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 400), { x: event.offsetX, y: event.offsetY });
  }

  // Boxes

  /** Return what a drag that begins here does: change a box, move it, or draw a new one. */
  grasp(at) {
    const { drawing } = this;
    const reach = GRIP / this.scale;
    const order = [drawing.selected, ...drawing.boxes.keys()].filter((i) => i >= 0);
    for (const index of order) {
      const { x, y, width, height } = drawing.boxes[index];
      const inside = at.x >= x - reach && at.x <= x + width + reach && at.y >= y - reach && at.y <= y + height + reach;
      if (!inside) continue;
      const left = Math.abs(at.x - x) <= reach, right = Math.abs(at.x - x - width) <= reach;
      const top = Math.abs(at.y - y) <= reach, bottom = Math.abs(at.y - y - height) <= reach;
      drawing.selected = index;
      const before = { ...drawing.boxes[index] };
      if (left || right || top || bottom) return { kind: "resize", before, left, right, top, bottom };
      return { kind: "move", before, from: at };
    }
    drawing.selected = -1;
    return { kind: "new", from: at };
  }

  stretch(drag, at) {
    const { drawing } = this;
    if (!drag.remembered) {
      drawing.remember();
      drag.remembered = true;
      if (drag.kind === "new") {
        drawing.boxes.push({ class: drawing.classes[this.current], x: 0, y: 0, width: 0, height: 0 });
        drawing.selected = drawing.boxes.length - 1;
      }
    }
    const box = drawing.boxes[drawing.selected];
    const { before } = drag;
    if (drag.kind === "new") this.span(box, drag.from.x, drag.from.y, at.x, at.y);
    else if (drag.kind === "move") {
      this.place(box, before.x + at.x - drag.from.x, before.y + at.y - drag.from.y);
    } else {
      this.span(
        box,
        drag.left ? at.x : before.x,
        drag.top ? at.y : before.y,
        drag.right && !drag.left ? at.x : before.x + before.width,
        drag.bottom && !drag.top ? at.y : before.y + before.height,
      );
    }
  }

  /** Give a box two opposite corners, in whole pixels of the image. */
  span(box, x1, y1, x2, y2) {
    const xs = [x1, x2].map((x) => clamp(Math.round(x), 0, this.width)).sort((a, b) => a - b);
    const ys = [y1, y2].map((y) => clamp(Math.round(y), 0, this.height)).sort((a, b) => a - b);
    Object.assign(box, { x: xs[0], y: ys[0], width: xs[1] - xs[0], height: ys[1] - ys[0] });
    if (this.drag?.kind !== "new") {
      // Less than a pixel is no box.
      box.width ||= 1, box.height ||= 1;
      this.place(box, box.x, box.y);
    }
  }

  place(box, x, y) {
    box.x = clamp(Math.round(x), 0, this.width - box.width);
    box.y = clamp(Math.round(y), 0, this.height - box.height);
  }

  /** Add a box in the middle of what is seen: for those who use no mouse. */
  addBox() {
    const { clientWidth, clientHeight } = this.canvas;
    const middle = { x: (clientWidth / 2 - this.x) / this.scale, y: (clientHeight / 2 - this.y) / this.scale };
    const x = clamp(middle.x, 0, this.width), y = clamp(middle.y, 0, this.height);
    const dx = Math.max(1, Math.min(this.width / 8, clientWidth / this.scale / 8));
    const dy = Math.max(1, Math.min(this.height / 8, clientHeight / this.scale / 8));
    this.drawing.remember();
    const box = { class: this.drawing.classes[this.current] };
    this.drawing.boxes.push(box);
    this.drawing.selected = this.drawing.boxes.length - 1;
    this.span(box, x - dx, y - dy, x + dx, y + dy);
    this.redraw();
    this.onChange();
  }

  /** Move the selected box, or change its size, by steps of a hundredth of the image. */
  nudge(dx, dy, resize) {
    const box = this.drawing.boxes[this.drawing.selected];
    const step = Math.max(1, Math.round(Math.max(this.width, this.height) / 100));
    this.drawing.remember();
    if (resize) {
      this.span(box, box.x, box.y, box.x + Math.max(1, box.width + dx * step), box.y + Math.max(1, box.height + dy * step));
    } else this.place(box, box.x + dx * step, box.y + dy * step);
    this.redraw();
    this.onChange();
  }

  // The brush

  resizeBrush(radius) {
    this.radius = clamp(Math.round(radius), 1, LARGEST_BRUSH);
    this.redraw();
  }

  paint(from, to) {
    const mask = this.drawing.startMask();
    const value = this.tool === "erase" ? 0 : this.current + 1;
    this.shade(mask.paint(from, to, this.radius, value));
    this.cursor = to;
  }

  /** Move the brush by keyboard; it paints if it is down. */
  moveBrush(dx, dy, slowly) {
    const step = slowly ? 1 : Math.max(1, Math.round(this.radius));
    const to = {
      x: clamp(this.cursor.x + dx * step, 0, this.width),
      y: clamp(this.cursor.y + dy * step, 0, this.height),
    };
    if (this.penDown) this.paint(this.cursor, to);
    this.cursor = to;
    this.redraw();
  }

  togglePen() {
    if (!this.drawing.paintable) return;
    this.penDown = !this.penDown;
    if (this.penDown) {
      this.drawing.remember();
      this.paint(this.cursor, this.cursor);
    }
    this.redraw();
    this.onChange();
  }

  /** Bring a rectangle of the picture of the mask up to date. */
  shade({ x: left, y: top, width, height }) {
    if (!width || !height || !this.overlay) return;
    const pixels = new ImageData(width, height);
    const { values, width: row } = this.drawing.mask;
    for (let y = 0, p = 0; y < height; y++) {
      for (let x = 0; x < width; x++, p += 4) {
        const value = values[(top + y) * row + left + x];
        if (value) pixels.data.set([...colour(value - 1), SHADE], p);
      }
    }
    this.overlay.getContext("2d").putImageData(pixels, left, top);
  }

  // Drawing on the canvas

  redraw() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.render();
    });
  }

  render() {
    const context = this.canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    if (!this.image) return;
    const { drawing, scale, x, y } = this;
    const place = [x, y, scale * this.width, scale * this.height];
    context.imageSmoothingEnabled = scale < 2;
    context.drawImage(this.image, ...place);
    this.refreshOverlay();
    context.imageSmoothingEnabled = false;
    if (this.overlay) context.drawImage(this.overlay, ...place);
    drawing.boxes.forEach((box, index) => this.renderBox(context, box, index === drawing.selected));
    if (this.tool === "brush" || this.tool === "erase") this.renderBrush(context);
  }

  /** Make the picture of the mask, if there is a mask and the picture is of another one. */
  refreshOverlay() {
    const { mask, revision } = this.drawing;
    if (!mask) this.overlay = null;
    else if (!this.overlay || this.shaded !== revision) {
      this.overlay = new OffscreenCanvas(this.width, this.height);
      this.shaded = revision;
      this.shade({ x: 0, y: 0, width: this.width, height: this.height });
    }
  }

  renderBox(context, box, selected) {
    const [left, top] = [this.x + box.x * this.scale, this.y + box.y * this.scale];
    const [width, height] = [box.width * this.scale, box.height * this.scale];
    const index = this.drawing.classes.indexOf(box.class);
    context.lineWidth = selected ? 6 : 4;
    context.strokeStyle = edge(index);
    context.strokeRect(left, top, width, height);
    context.lineWidth = 2;
    context.strokeStyle = css(index);
    context.strokeRect(left, top, width, height);
    context.font = "600 12px system-ui, sans-serif";
    const text = context.measureText(box.class).width + 8;
    context.fillStyle = "rgb(0 0 0 / 75%)";
    context.fillRect(left - 1, top - 17, text, 16);
    context.fillStyle = "#fff";
    context.fillText(box.class, left + 3, top - 5);
    if (!selected) return;
    context.fillStyle = "#fff";
    for (const cx of [left, left + width]) {
      for (const cy of [top, top + height]) {
        context.fillRect(cx - 4, cy - 4, 8, 8);
        context.strokeRect(cx - 4, cy - 4, 8, 8);
      }
    }
  }

  renderBrush(context) {
    if (!this.cursor) return;
    context.beginPath();
    const [x, y] = [this.x + this.cursor.x * this.scale, this.y + this.cursor.y * this.scale];
    context.arc(x, y, this.radius * this.scale, 0, 2 * Math.PI);
    context.lineWidth = this.penDown ? 5 : 3;
    const erases = this.tool === "erase";
    context.strokeStyle = erases ? "rgb(0 0 0 / 70%)" : edge(this.current);
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = erases ? "#fff" : css(this.current);
    context.stroke();
  }
}
