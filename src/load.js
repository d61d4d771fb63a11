// How a file of the program comes, whatever the engine can do while it does.

export function load(file, options) {
  return fetch(file, options).then((response) => {
    if (!response.ok) throw new Error("status " + response.status);
    return response;
  });
}

// Some WebViews refuse to compile while loading, even with the right type: then the whole file is read first.
export function compile(file, options) {
  const whole = () =>
    load(file, options)
      .then((response) => response.arrayBuffer())
      .then((bytes) => WebAssembly.compile(bytes));
  if (!WebAssembly.compileStreaming) return whole();
  return load(file, options).then((response) => WebAssembly.compileStreaming(response).catch(whole));
}
