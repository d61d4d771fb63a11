import { type Page } from "@playwright/test";

/**
 * What is wrong with how the page lies there: words or amounts that are broken inside, text that lies over other text or
 * under a badge, text that leaves the frame it stands in, and a page that is wider than the screen.
 */
export function faults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const FRAMES =
      ".tile-face, .sim, .panel, .button, .row, .note, .sheet, .paybar, .tab, .banner, .method, .chip-face, .tag, .pill, .recent";
    const MARKS = ".tag, .pill, .tile-check, .tab-badge, .icon, .chip, .logo";
    // What has no place to be broken at, and people copy rather than read.
    const LONG = ".fact-number, .notice-text, .cashier-link";
    interface Piece {
      text: string;
      element: Element;
      layer: Element;
      boxes: DOMRect[];
    }
    const found: string[] = [];
    const root = document.querySelector("#app") ?? document.body;
    const layer = (element: Element) => element.closest(".sheet-layer") ?? element.closest(".dock") ?? root;
    const isSeen = (element: Element) => {
      for (let one: Element | null = element; one && one !== document.body; one = one.parentElement) {
        const style = getComputedStyle(one);
        if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return false;
        if (style.clip !== "auto" || style.left === "-640px") return false;
      }
      const box = element.getBoundingClientRect();
      return box.right > 0 && box.width > 0;
    };
    // What is drawn of a line is a little less high than its box.
    const drawn = ({ x, y, width, height }: DOMRect) => new DOMRect(x, y + height * 0.22, width, height * 0.56);
    const meet = (one: DOMRect, other: DOMRect) =>
      Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1.5 &&
      Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1.5;
    const words = (node: Text) =>
      [...node.data.matchAll(/[¥\p{Script=Latin}\p{N}.,:*%]+/gu)].map(({ 0: word, index }) => {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        return { word, lines: new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size };
      });

    const pieces: Piece[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const element = node.parentElement;
      if (!element || !node.data.trim() || !isSeen(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1).map(drawn);
      pieces.push({ text: node.data.trim(), element, layer: layer(element), boxes });
      if (element.closest(LONG)) continue;
      for (const { word, lines } of words(node)) if (lines > 1) found.push(`"${word}" is broken in "${node.data}"`);
    }
    for (const [place, piece] of pieces.entries()) {
      for (const other of pieces.slice(place + 1)) {
        if (piece.layer !== other.layer || piece.element === other.element) continue;
        if (piece.boxes.some((box) => other.boxes.some((over) => meet(box, over))))
          found.push(`"${piece.text}" and "${other.text}" lie over each other`);
      }
      const frame = piece.element.closest(FRAMES)?.getBoundingClientRect();
      if (frame) {
        for (const box of piece.boxes)
          if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 2)
            found.push(`"${piece.text}" leaves its frame`);
      }
      const ring = piece.element.closest(".gauge-ring")?.getBoundingClientRect();
      if (ring) {
        const middle = [ring.left + ring.width / 2, ring.top + ring.height / 2] as const;
        const within = (ring.width / 2) * 0.8;
        for (const { left, right, top, bottom } of piece.boxes)
          for (const x of [left, right])
            for (const y of [top, bottom])
              if (Math.hypot(x - middle[0], y - middle[1]) > within) found.push(`"${piece.text}" lies over the ring`);
      }
    }
    for (const mark of root.querySelectorAll(MARKS)) {
      if (!isSeen(mark)) continue;
      const box = mark.getBoundingClientRect();
      for (const piece of pieces) {
        if (piece.layer !== layer(mark) || mark.contains(piece.element)) continue;
        if (piece.boxes.some((over) => meet(box, over)))
          found.push(`${mark.getAttribute("class")} lies over "${piece.text}"`);
      }
    }
    // Not the window's: a phone's makes itself as wide as what it shows.
    const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wider > 0) found.push(`the page is ${wider} px wider than the screen`);
    return [...new Set(found)];
  });
}
