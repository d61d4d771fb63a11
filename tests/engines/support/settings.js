/** What `cargo xtask engines` says by environment: addresses, folders and which engines. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with \`cargo xtask engines\``);
  return value;
}
