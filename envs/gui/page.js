"use strict";
// The page around the twin: an element for every widget, real events turned into actions, and the names that drivers
// of such pages call. Follows `twin.js` in the exported file.

const CHECKED = { checkbox: "aria-checked", radio: "aria-checked", toggle: "aria-checked", tab: "aria-selected",
  option: "aria-selected", date_cell: "aria-selected", button: "aria-pressed" };
const NOTCH = 100; // wheel pixels per scroll
const byId = (id) => document.getElementById(id);

class Page {
  constructor(twin) {
    this.twin = twin;
    this.wheel = 0;
    this.draft = null; // the field being edited, and the state before
    this.screen = byId("screen");
    const { width, height } = twin.tables;
    Object.assign(this.screen.style, { width: `${width}px`, height: `${height}px` });
    byId("device").style.left = `${width}px`;
    this.build();
    this.listen();
  }

  /** New elements, for a new task, in the order that the reset drew: neither order nor ids reveal the target. */
  build() {
    const { twin } = this;
    const order = Array.from(twin.state.order.slice(0, twin.task.widgets.length));
    this.built = twin.task;
    this.order = order;
    this.elements = twin.task.widgets.map((_, k) => {
      const type = twin.type(k);
      const isButton = twin.isClickable(k) && type !== "slider";
      const element = document.createElement(twin.isEditable(k) ? "input" : isButton ? "button" : "div");
      if (twin.isEditable(k)) {
        element.type = type === "password" ? "password" : "text";
        element.autocomplete = "off";
        element.spellcheck = false;
      } else if (twin.role(k)) {
        element.setAttribute("role", twin.role(k));
      }
      if (isButton && !twin.isEditable(k)) element.type = "button";
      if (type === "slider") element.tabIndex = 0;
      element.dataset.eid = order.indexOf(k);
      element.dataset.type = type;
      return element;
    });
    this.screen.replaceChildren(...order.map((k) => this.elements[k]));
  }

  /** The task's number of the widget that an element stands for. */
  widget(element) { return this.order[Number(element.dataset.eid)]; }

  // --- what is shown -------------------------------------------------------------------------------------------------

  render() {
    const { twin } = this;
    if (this.built !== twin.task || this.order.some((k, i) => twin.state.order[i] !== k)) this.build();
    this.elements.forEach((element, k) => this.draw(element, k));
    const focused = this.elements[twin.focused];
    if (focused) focused.focus({ preventScroll: true });
    else if (this.screen.contains(document.activeElement)) document.activeElement.blur();
    const { state, task, given } = twin;
    byId("query").textContent = given.goal;
    byId("error").textContent = twin.tables.error_texts[state.error];
    byId("outcome").textContent = state.over ? (state.is_success ? "Solved." : "Over, not solved.") : "";
    const isAllowed = { complete: given.params.declare && !task.answers, impossible: task.may_be_infeasible,
      answer: task.answers };
    for (const one of document.querySelectorAll("[data-verb]")) one.hidden = isAllowed[one.dataset.verb] === false
      || isAllowed[one.dataset.verb] === 0;
    report(twin);
  }

  draw(element, k) {
    const { twin } = this;
    const { x, y, w, h } = twin.places[k];
    const [text, type] = [twin.text(twin.textCode(twin.of(k, "text"))), twin.type(k)];
    element.hidden = h === 0;
    if (h === 0) return;
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px`,
      zIndex: twin.of(k, "z") });
    if (twin.role(k)) element.setAttribute("aria-label", text);
    const value = twin.text(twin.valueCode(k));
    if (twin.isEditable(k)) {
      if ((!this.draft || this.draft.k !== k) && element.value !== value) element.value = value;
      return;
    }
    const hasChecks = twin.of(k, "value") >= 0 && type !== "slider" && type !== "dropdown";
    if (hasChecks) element.setAttribute(CHECKED[type] || "aria-current", twin.isChecked(k));
    if (type === "slider") {
      element.setAttribute("aria-valuemin", twin.of(k, "low"));
      element.setAttribute("aria-valuemax", twin.of(k, "high"));
      element.setAttribute("aria-valuenow", value);
    }
    if (type === "dropdown") element.setAttribute("aria-description", value);
    const shown = type === "slider" || type === "dropdown" ? `${text}: ${value}` : text;
    if (element.textContent !== shown) element.textContent = shown;
  }

  // --- events --------------------------------------------------------------------------------------------------------

  act(action) {
    if (this.twin.state.over) return;
    this.twin.act(action);
    this.draft = null;
    this.render();
  }

  listen() {
    const { screen, twin } = this;
    screen.addEventListener("click", (event) => this.act({ verb: "click", ...this.point(event) }));
    screen.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      this.act({ verb: "long_press", ...this.point(event) });
    });
    screen.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.wheel += event.deltaY;
      if (Math.abs(this.wheel) < NOTCH) return;
      this.act({ verb: this.wheel > 0 ? "scroll_down" : "scroll_up" });
      this.wheel = 0;
    }, { passive: false });
    screen.addEventListener("input", (event) => this.typed(event.target));
    document.addEventListener("keydown", (event) => this.pressed(event));
    byId("device").addEventListener("mousedown", (event) => {
      if (event.target.tagName === "BUTTON") event.preventDefault(); // the focus stays where it is
    });
    byId("device").addEventListener("click", ({ target: { dataset } }) => {
      if (dataset.verb === "answer") this.act({ verb: "answer", text: byId("answer").value });
      else if (dataset.verb) this.act({ verb: dataset.verb });
    });
  }

  /** Where an event happened, in pixels of the screen; the middle, for a click made by a key or a script. */
  point(event) {
    if (event.type === "click" && event.detail === 0 && event.target.dataset.eid) return this.middle(event.target);
    const box = this.screen.getBoundingClientRect();
    const scale = this.twin.tables.width / box.width; // a driver may have enlarged the page
    return { x: Math.floor((event.clientX - box.left) * scale), y: Math.floor((event.clientY - box.top) * scale) };
  }

  middle(element) {
    const [x, y] = this.twin.centre(this.widget(element));
    return { x, y };
  }

  /** A field's text has changed. This is one action, however many keys it takes: each key redoes it. */
  typed(element) {
    const { twin } = this;
    const k = this.widget(element);
    if (twin.state.over) return this.render();
    if (this.draft && this.draft.k === k) {
      twin.restore(this.draft.state);
    } else {
      if (twin.focused !== k) twin.act({ verb: "click", ...this.middle(element) }); // filled without a click
      if (twin.state.over) return this.render();
      this.draft = { k, state: twin.snapshot() };
    }
    const isEmpty = element.value === "";
    twin.act(isEmpty ? { verb: "clear" } : { verb: "type", text: element.value });
    return this.render();
  }

  pressed(event) {
    const { twin } = this;
    const verbs = { PageDown: "scroll_down", PageUp: "scroll_up" };
    const k = twin.focused;
    const isHere = k >= 0 && event.target === this.elements[k];
    if (isHere && twin.isEditable(k)) {
      verbs.Enter = "enter";
      const isMarking = event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey);
      if (isMarking) this.draft = null; // what is typed next is another action
      if (event.target.value === "") verbs.Delete = verbs.Backspace = "clear"; // the field itself fires no event then
    }
    if (isHere && twin.type(k) === "slider") Object.assign(verbs, { ArrowLeft: "scroll_left", ArrowRight: "scroll_right" });
    if (event.target.id === "answer" && event.key === "Enter") {
      this.act({ verb: "answer", text: event.target.value });
    } else if (verbs[event.key]) {
      event.preventDefault();
      this.act({ verb: verbs[event.key] });
    }
  }
}

// --- names for drivers -------------------------------------------------------------------------------------------------

/** The results that MiniWoB's drivers read. `raw` is above 0 for success only, whatever the reward's mode. */
function report({ state, lastReward }) {
  window.WOB_DONE_GLOBAL = state.over;
  window.WOB_REWARD_GLOBAL = state.over ? lastReward : 0;
  window.WOB_RAW_REWARD_GLOBAL = state.over ? (state.is_success ? 1 : -1) : 0;
  window.WOB_REWARD_REASON = state.over ? byId("outcome").textContent : null;
}

function expose(twin, page) {
  const shown = (result) => {
    page.draft = null;
    page.render();
    return result;
  };
  window.__ige = {
    reset: (json) => shown(twin.reset(json)),
    obs: () => twin.obs(),
    state: () => twin.snapshot(),
    act: (json) => shown(twin.act(json)),
    done: () => twin.state.over,
    reward: () => twin.lastReward,
  };
  window.WOB_EPISODE_ID = 0;
  window.WOB_TASK_READY = true;
  window.core = {
    EPISODE_MAX_TIME: 1e6, // has no effect: there is no clock
    startEpisodeReal: () => {
      window.WOB_EPISODE_ID += 1;
      window.__ige.reset();
    },
    endEpisode: (reward, timeProportional, reason) => {
      twin.state.over = true;
      twin.state.is_success = reward > 0;
      twin.lastReward = reward;
      shown();
      window.WOB_REWARD_REASON = reason || null;
    },
    getUtterance: () => twin.given.goal,
    clearTimer: () => {}, // called by BrowserGym's MiniWoB tasks, as are the next ones
    createDisplay: () => {},
    canvasDrawClick: () => {},
  };
  Math.seedrandom = () => {}; // the instance is in the page
}

function checksum(text) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}

try {
  const { textContent, dataset } = byId("data");
  const found = checksum(textContent);
  if (found !== dataset.checksum) throw new Error(`page: checksum ${found}, expected ${dataset.checksum}: it was changed`);
  const twin = new Twin(JSON.parse(textContent));
  const page = new Page(twin);
  expose(twin, page);
  page.render();
  byId("status").hidden = true;
} catch (error) {
  byId("screen").replaceChildren();
  byId("status").textContent = error.message;
  throw error;
}
