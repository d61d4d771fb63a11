/** Asks the gateway; an error has the gateway's code. */
async function ask(method, path, body, headers = {}) {
  const answer = await fetch(`/api/v1/${path}`, {
    method,
    headers: body ? { "content-type": "application/json", ...headers } : headers,
    body: body && JSON.stringify(body),
  });
  const value = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(value.detail), { code: value.code });
  return value;
}

export const storefront = () => ask("GET", "storefront");
export const catalog = () => ask("GET", "catalog");
export const lookup = (number) => ask("POST", "cards/lookup", { number });
export const order = (id) => ask("GET", `orders/${id}`);
export const pay = (id, method) => ask("POST", `orders/${id}/payments`, { method, host: "mobile_browser" });
export const submitted = (id) => ask("POST", `orders/${id}/submitted`);
export const cancel = (id) => ask("POST", `orders/${id}/cancel`);

/** Makes an order; the key makes a repeat the same order. */
export const createOrder = (card, chosen, key) =>
  ask(
    "POST",
    "orders",
    { card_number: card, package_id: chosen.id, quoted_fen: chosen.price_fen },
    { "idempotency-key": key },
  );

export const yuan = (fen) => `¥${(fen / 100).toFixed(2).replace(/\.00$/, "")}`;
