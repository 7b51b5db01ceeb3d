// The student's choice to see the partner, where nobody is seen before that. It holds for this meeting, also after a reload.

import { announce, findElement, setText } from "./dom.js";
import { loadTabState, saveTabState } from "./storage.js";
import { page } from "./words.js";

/** @typedef {import("./api.js").View} View */

export class VideoChoice {
  #isWaiting = false;

  /** @param {Element} root @param {string} seat @param {() => void} redraw called when the student has chosen */
  constructor(root, seat, redraw) {
    this.root = root;
    this.isWanted = loadTabState().videoShownIn === seat;
    const choose = (/** @type {boolean} */ isWanted) => () => {
      this.isWanted = isWanted;
      saveTabState({ videoShownIn: isWanted ? seat : undefined });
      redraw();
    };
    findElement(root, "[data-show-video]").onclick = choose(true);
    findElement(root, "[data-hide-video]").onclick = choose(false);
  }

  /** Whether no frame of the partner may be painted now. @param {View} view */
  isVideoHidden({ hides_partner_video }) {
    return hides_partner_video && !this.isWanted;
  }

  /** Offer what can be chosen now, and announce a picture that waits. @param {View} view @param {boolean} isCameraOn the partner's */
  draw(view, isCameraOn) {
    const isWaiting = isCameraOn && this.isVideoHidden(view);
    findElement(this.root, "[data-video-waits]").hidden = !isWaiting;
    findElement(this.root, "[data-hide-video]").hidden = !view.hides_partner_video || !this.isWanted;
    setText(this.root, "[data-video-waits-title]", page.room.video_waits_title, { partner: view.partner.name });
    if (isWaiting && !this.#isWaiting) announce(this.root, page.room.video_waits);
    this.#isWaiting = isWaiting;
  }
}
