import { setting } from "./settings.ts";

export interface PaymentRow {
  outTradeNo: string;
  paymentId: string;
  cardNo: string;
  productId: string;
  total_fen: number;
  status: "unpaid" | "paid" | "crediting" | "credited" | "failed" | "refunded" | "closed";
  transactionId: string | null;
  notices_sent: number;
  notices_accepted: number;
}

export interface Credit {
  outTradeNo: string;
  cardNo: string;
  dataVolume: number;
  times: number;
}

export interface Ledger {
  payments: PaymentRow[];
  credits: Credit[];
  token_fetches: number;
  calls: Record<string, number>;
}

export interface Fault {
  /** `POST /payment/Payment`, or `*` for every call of the platform. */
  route: string;
  kind:
    | "delay"
    | "hang"
    | "http_500"
    | "http_502_html"
    | "empty_200"
    | "bad_json"
    | "business"
    | "timeout_after_effect"
    | "unauthorized";
  /** Calls it meets; 0 never ends, 1 unless said. */
  times?: number;
  ms?: number;
  code?: number;
  message?: string;
}

/** The sandbox's control interface: what the world outside does, and what it counted. */
export class Control {
  constructor(readonly url: string = setting("SANDBOX_URL")) {}

  /** What was paid and credited. */
  async ledger(): Promise<Ledger> {
    const answer = await fetch(`${this.url}/_control/ledger`);
    if (!answer.ok) throw new Error(`ledger: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Ledger;
  }

  /** The newest payment for a card, given in full. */
  async paymentFor(cardNo: string): Promise<PaymentRow> {
    const rows = (await this.ledger()).payments.filter((row) => row.cardNo === cardNo);
    const newest = rows.at(-1);
    if (!newest) throw new Error(`no payment was asked for ${cardNo}`);
    return newest;
  }

  /** How often data was credited for a payment; once is right. */
  async creditsOf(outTradeNo: string): Promise<number> {
    const rows = (await this.ledger()).credits.filter((row) => row.outTradeNo === outTradeNo);
    return rows.reduce((sum, row) => sum + row.times, 0);
  }

  /** Pays as a buyer would; `force` pays what has expired or was cancelled. */
  pay(
    outTradeNo: string,
    options: { lose_notice?: boolean; force?: boolean; total?: number } = {},
  ): Promise<PaymentRow> {
    return this.#order("pay", { outTradeNo, ...options });
  }

  fault(fault: Fault): Promise<unknown> {
    return this.#order("faults", fault);
  }

  clearFaults(): Promise<unknown> {
    return this.#order("faults/clear");
  }

  /** What becomes of new notices: sent, never sent, sent twice, or sent `count` times at once. */
  notices(
    mode: { mode: "normal" | "lose" | "double" } | { mode: "flood"; count: number },
  ): Promise<unknown> {
    return this.#order("notices", mode);
  }

  /** How credits go; the delay is from payment to data on the card. */
  credit(change: {
    mode?: "normal" | "fail" | "never" | "refund_after_fail";
    delay_ms?: number;
  }): Promise<unknown> {
    return this.#order("credit", change);
  }

  /** A package's price in yuan, as the platform writes it. */
  price(productId: string, price: number): Promise<unknown> {
    return this.#order("price", { productId, price });
  }

  product(
    productId: string,
    change: { onSale?: boolean; stock?: number | null },
  ): Promise<unknown> {
    return this.#order("product", { productId, ...change });
  }

  card(
    cardNo: string,
    change: {
      status?: number;
      used?: number;
      total?: number;
      realityStatus?: "none" | "pending" | "passed" | "rejected";
    },
  ): Promise<unknown> {
    return this.#order("card", { cardNo, ...change });
  }

  /** Puts everything back to how it was at the start. */
  reset(): Promise<unknown> {
    return this.#order("reset");
  }

  async #order<T>(what: string, body: object = {}): Promise<T> {
    const answer = await fetch(`${this.url}/_control/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
