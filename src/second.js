// The program's second part (src/second.rs), and the style sheet that only its screens need.
import { initSync } from "storefront";
import { compile, load } from "./load.js";

const { second, style } = document.currentScript.dataset;

let both;

// Asks for both, once; what failed is asked for again.
export function fetchSecond() {
  both =
    both ||
    Promise.all([compile(second), dress()]).catch((error) => {
      both = undefined;
      throw error;
    });
  return both;
}

// The sheet is fetched first: a link does not say why it failed.
function dress() {
  return load(style).then(
    () =>
      new Promise((done, failed) => {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = style;
        link.onload = done;
        link.onerror = failed;
        document.head.appendChild(link);
      }),
  );
}

// The running program asks for the part, and hears whether it came. The function that waits for the answer is one of the
// table's, through which the two parts call each other too.
function open(answer, to) {
  const first = initSync();
  const shared = {
    memory: first.memory,
    __indirect_function_table: first.__indirect_function_table,
    __stack_pointer: first.__stack_pointer,
  };
  fetchSecond()
    .then(([part]) => WebAssembly.instantiate(part, { __wasm_split: shared }))
    .then(
      () => 1,
      (error) => {
        window.__gone = error.message === "status 404";
        return 0;
      },
    )
    .then((came) => first.__indirect_function_table.get(answer)(to, came));
}

// The name under which the program knows it, by `#[wasm_split(second)]`.
export { open as __wasm_split_load_second };
