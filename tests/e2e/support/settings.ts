/** What `cargo xtask e2e` says by environment: addresses and programs. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with \`cargo xtask e2e\``);
  return value;
}
