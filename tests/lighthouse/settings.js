/** What `cargo xtask lighthouse` says by environment: the shop's address, the browser, and how often to measure. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: measure with \`cargo xtask lighthouse\``);
  return value;
}
