import { once } from "node:events";
import { createInterface } from "node:readline";

import WebSocket from "ws";

/** How long a browser may take to answer, in milliseconds. */
const PATIENCE = 30_000;

/** One end of a DevTools conversation: numbered questions, their answers, and events. */
class Conversation {
  #answers = new Map();
  #listeners = new Map();
  #last = 0;
  #say;

  constructor(say) {
    this.#say = say;
  }

  listen(event, listener) {
    this.#listeners.set(event, listener);
  }

  ask(method, params = {}) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => fail(new Error(`${method}: the browser does not answer`)), PATIENCE);
      const fail = (error) => {
        clearTimeout(late);
        this.#answers.delete(id);
        reject(error);
      };
      this.#answers.set(id, { fail, answer: (result) => (clearTimeout(late), resolve(result)) });
      Promise.resolve(this.#say(JSON.stringify({ id, method, params }))).catch(fail);
    });
  }

  hear(text) {
    const { id, method, params, result, error } = JSON.parse(text);
    if (method) this.#listeners.get(method)?.(params);
    const waiting = this.#answers.get(id);
    if (!waiting) return;
    if (error) waiting.fail(new Error(error.message));
    else waiting.answer(result);
    this.#answers.delete(id);
  }

  end(error) {
    for (const { fail } of this.#answers.values()) fail(error);
    this.#answers.clear();
  }
}

/** A browser's own conversation, at the address that it prints when it starts. */
export class Browser extends Conversation {
  static async of(child) {
    const lines = createInterface({ input: child.stderr });
    const late = setTimeout(() => lines.close(), PATIENCE);
    for await (const line of lines) {
      const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
      if (!address) continue;
      clearTimeout(late);
      // What else it prints is of no use, and must not be waited for.
      child.stderr.resume();
      const socket = new WebSocket(address, { perMessageDeflate: false });
      await once(socket, "open");
      return new Browser(socket);
    }
    throw new Error("the browser does not say where it listens");
  }

  constructor(socket) {
    super((text) => socket.send(text));
    socket.on("message", (text) => this.hear(text));
    socket.on("close", () => this.end(new Error("the browser ended")));
    // What goes wrong with the connection ends it.
    socket.on("error", () => undefined);
  }

  /** A page's conversation, put into messages of the browser's: the oldest know no other way. */
  async attach(targetId) {
    const { sessionId } = await this.ask("Target.attachToTarget", { targetId });
    const target = new Conversation((message) => this.ask("Target.sendMessageToTarget", { sessionId, message }));
    this.listen("Target.receivedMessageFromTarget", ({ message }) => target.hear(message));
    return target;
  }
}
