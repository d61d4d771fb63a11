import { createHash } from "node:crypto";

import { type Locator, type Page, expect } from "@playwright/test";

import { setting } from "./settings.ts";
import { CARD, maskedEnd } from "./shop.ts";

/** What a buyer is told whose scan gave no number. */
export const NOTHING = "没有扫到卡号，请再试一次或手动输入";

/** The button at the box, which is not there where nothing can scan. */
export const scanButton = (page: Page): Locator => page.getByRole("button", { name: "扫码输入卡号" });

/** The box for the card's number. */
export const box = (page: Page): Locator => page.getByRole("textbox", { name: "流量卡号" });

/** The sheet with the camera's picture. */
export const sheet = (page: Page): Locator => page.getByRole("dialog", { name: "扫码输入卡号" });

/** The box has the card's number, and the card was looked up without another tap. */
export async function holdsTheCard(page: Page): Promise<void> {
  await expect(box(page)).toHaveValue(CARD);
  await expect(page.getByText(maskedEnd(CARD)).first()).toBeVisible();
}

/** The ticket that the sandbox's WeChat gave out last. */
export async function ticket(): Promise<string> {
  const answer = await fetch(`${setting("SANDBOX_URL")}/_control/wechat`);
  return ((await answer.json()) as { jsapi_ticket: string }).jsapi_ticket;
}

/** Lets the sandbox's WeChat refuse so many questions for a ticket. */
export async function refuseTickets(stale: number): Promise<void> {
  const headers = { "content-type": "application/json" };
  await fetch(`${setting("SANDBOX_URL")}/_control/wechat/tickets`, { method: "POST", headers, body: JSON.stringify({ stale }) });
}

/** WeChat's signature of a page's address. */
export function signature(of: { ticket: string; nonce: string; timestamp: string; url: string }): string {
  const text = `jsapi_ticket=${of.ticket}&noncestr=${of.nonce}&timestamp=${of.timestamp}&url=${of.url}`;
  return createHash("sha1").update(text).digest("hex");
}

/** What the camera of a test does. */
export interface Camera {
  /** What is in the picture from the start. */
  codes?: string[];
  /** The name of the error with which the browser keeps the camera from the page. */
  refuses?: string;
  /** The kinds of code that the engine knows; usually what today's phones know. */
  formats?: string[];
}

/** Puts an engine's detector and a camera into the page. `window.see(code)` holds a code before the camera. */
export async function fakeCamera(page: Page, camera: Camera = {}): Promise<void> {
  await page.addInitScript(putCamera, camera);
}

/** How many of the camera's tracks were started, and are still on. */
export const tracks = (page: Page): Promise<{ begun: number; on: number }> =>
  page.evaluate(() => {
    const { tracks } = window as unknown as { tracks: MediaStreamTrack[] };
    return { begun: tracks.length, on: tracks.filter(({ readyState }) => readyState === "live").length };
  });

/** Holds a code before the camera. */
export const see = (page: Page, code: string): Promise<void> =>
  page.evaluate((code) => (window as unknown as { see(code: string): void }).see(code), code);

function putCamera({ codes = [], refuses, formats }: Camera): void {
  const seen = [...codes];
  const tracks: MediaStreamTrack[] = [];
  const asked: unknown[] = [];
  class BarcodeDetector {
    static getSupportedFormats = async () => formats ?? ["aztec", "code_128", "ean_13", "qr_code"];
    constructor(options: unknown) {
      asked.push(options);
    }
    detect = async () => seen.map((rawValue) => ({ rawValue }));
  }
  const getUserMedia = async (wanted: unknown) => {
    asked.push(wanted);
    if (refuses) throw new DOMException("no", refuses);
    const canvas = document.createElement("canvas");
    canvas.getContext("2d")?.fillRect(0, 0, 9, 9);
    const stream = canvas.captureStream(5);
    tracks.push(...stream.getTracks());
    return stream;
  };
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia } });
  Object.assign(window, { BarcodeDetector, tracks, asked, see: (code: string) => seen.push(code) });
}
