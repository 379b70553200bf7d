// What the page asks of its server. The page's own address holds the token, and so do all
// addresses that are relative to it.

/** Another version was saved meanwhile: `saved` is {version, annotation}. */
export class Conflict extends Error {
  constructor(saved) {
    super("it was saved elsewhere meanwhile");
    this.saved = saved;
  }
}

async function ask(path, options = {}) {
  let reply;
  try {
    reply = await fetch(`api/${path}`, options);
  } catch {
    throw new Error("the server does not answer: is minidl label still running?");
  }
  const body = await reply.json().catch(() => ({}));
  if (reply.status === 409) throw new Conflict(body.conflict);
  if (!reply.ok) throw new Error(body.error ?? `the server refused (${reply.status})`);
  return body;
}

function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const state = () => ask("state");
export const item = (id) => ask(`item/${id}`);
export const save = (id, version, annotation) => post("label", { id, version, annotation });
export const undo = (id, version) => post("undo", { id, version });
export const addClass = (name) => post("classes", { name });
export const learn = () => post("learn", {});

export async function next(filter, after = "", step = 1) {
  const query = new URLSearchParams({ filter, after, step });
  return (await ask(`next?${query}`)).id;
}

const pictures = new Map(); // the last few, so that the next one is there before it is asked for

/** The image itself, decoded. */
export function picture(id) {
  if (!pictures.has(id)) {
    const image = new Image();
    image.src = `image/${id}`;
    const decoded = image.decode().then(() => image);
    decoded.catch(() => pictures.delete(id));
    pictures.set(id, decoded);
    if (pictures.size > 6) pictures.delete(pictures.keys().next().value);
  }
  return pictures.get(id);
}
