// A plain browser: back to the site from which the shop was entered, past its own screens and the wallet's.
const ENTRY = "rc.entry";

// A frame's history is its parent's too, which is not the page's to move.
const whole = window.parent === window;

/**
 * Remembers, once a tab, how long its history was when the page was entered from another site.
 *
 * A wallet leads back to an order's screen, and to no other. The tab may know nothing of the way there: what a frame
 * remembered is not remembered outside of it. So landing there is no entry.
 */
export function entered() {
  try {
    if (!whole || sessionStorage.getItem(ENTRY) !== null) return;
    const landed = /^\/(orders|cashier)\/./.test(location.pathname);
    const foreign = !landed && document.referrer && !document.referrer.startsWith(location.origin);
    sessionStorage.setItem(ENTRY, foreign && history.length > 1 ? history.length : 0);
  } catch {
    // Storage is blocked, and the way back is not known.
  }
}

export const past = {
  close() {
    const entry = whole && Number(sessionStorage.getItem(ENTRY));
    // The length counts what lies ahead too; the program notes beside each address where it stands (`src/nav.rs`).
    const place = parseInt(history.state) || history.length;
    if (!entry || place < entry) throw new Error("it was not entered from another site");
    history.go(entry - place - 1);
  },
};
