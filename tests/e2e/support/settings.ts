/** What `cargo xtask e2e` says by environment: addresses and programs. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with \`cargo xtask e2e\``);
  return value;
}

const shops = JSON.parse(setting("SHOPS")) as Record<string, string>[];

/** How many workers there can be: each has a shop of its own. */
export const workers = shops.length;

// Every process that runs tests has a number below that of the workers, and keeps it.
Object.assign(process.env, shops[Number(process.env.TEST_PARALLEL_INDEX ?? 0)]);
