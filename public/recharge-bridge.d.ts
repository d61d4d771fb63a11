// What the shop's page offers the app around it, and what it sends. See docs/bridge.md.

/** Where an order stands; more may come. */
export type OrderState =
  | "created"
  | "paying"
  | "paid"
  | "fulfilling"
  | "credited"
  | "fulfil_failed"
  | "refunding"
  | "refunded"
  | "refund_failed"
  | "expired"
  | "cancelled";

/** The page can be used. */
export interface ReadyMessage {
  readonly v: 1;
  readonly type: "ready";
}

/** An order was shown for the first time, or changed. */
export interface OrderMessage {
  readonly v: 1;
  readonly type: "order";
  /** The number that people read, such as `R2026112118323512345`. It opens nothing. */
  readonly order: string;
  readonly state: OrderState;
}

/** The gateway says that the money for an order is there. A hint for the app's screen, no proof. */
export interface PaidMessage {
  readonly v: 1;
  readonly type: "paid";
  readonly order: string;
}

/** The buyer is done. Inside the page only; an app is sent `close` instead. */
export interface ClosedMessage {
  readonly v: 1;
  readonly type: "closed";
}

/** The app is asked to close the page. */
export interface CloseMessage {
  readonly v: 1;
  readonly type: "close";
}

/** The buyer wants to scan a card: only to an app that has said by `offerScan` that it can. */
export interface ScanMessage {
  readonly v: 1;
  readonly type: "scan";
}

/** How high the page is, in CSS pixels; to a framing page that asked for it. */
export interface HeightMessage {
  readonly v: 1;
  readonly type: "height";
  readonly height: number;
}

/** What an app or a framing page receives. */
export type HostMessage = ReadyMessage | OrderMessage | PaidMessage | CloseMessage | ScanMessage | HeightMessage;

/** What `on` calls back with. */
export interface RechargeEvents {
  ready: ReadyMessage;
  order: OrderMessage;
  paid: PaidMessage;
  closed: ClosedMessage;
  scan: ScanMessage;
}

/** `window.RechargeBridge` inside the page. */
export interface RechargeBridge {
  readonly version: 1;
  /** Closes the page as `完成` does. Comes back when no way is left; `true` where the page is out of sight by then. */
  close(): Promise<boolean>;
  /** Says that the app around the page can scan: from now on a button asks it to, by the message `scan`. */
  offerScan(): void;
  /** Answers `scan` with what the code says; without a text the buyer gave up. Heeded once for each `scan`. */
  scanned(text?: string): void;
  /** Calls back on each event, on `ready`, `order` and `paid` also when they are past. Gives what ends it. */
  on<E extends keyof RechargeEvents>(event: E, callback: (message: RechargeEvents[E]) => void): () => void;
}

/** What a framing page wants to hear. Without `close` the frame is taken out when the buyer is done. */
export interface RechargeFrameHandlers {
  ready?(message: ReadyMessage): void;
  order?(message: OrderMessage): void;
  paid?(message: PaidMessage): void;
  close?(message: CloseMessage): void;
  /** `false` leaves the frame's height alone. */
  height?: false;
}

declare global {
  interface Window {
    readonly RechargeBridge: RechargeBridge;
    /** From `recharge-host.js`, in a framing page: follows a frame, and gives what ends that and takes the frame out. */
    RechargeFrame(frame: HTMLIFrameElement, handlers?: RechargeFrameHandlers): () => void;
  }
}
