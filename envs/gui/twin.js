"use strict";
// The twin of `vm.py` and `kernel.py`: the same programs on the same variables, in a page that people, agents and
// browsers' drivers act in by real events. No network, no timers, no randomness; a text is never read as markup.
// `export.py` hands over all tables (instructions, columns, types, verbs, errors), so numbers are written only there.

const VERSION = 1;

// What each instruction does: (machine, a, b, c, d) -> rows to skip.
const EFFECTS = {
  SET: ({ v }, a, b) => { v[a] = b; },
  COPY: ({ v }, a, b) => { v[a] = v[b]; },
  ADD: ({ v }, a, b, c, d) => { v[a] = Math.min(Math.max(v[a] + b, c), d); },
  TOGGLE: ({ v }, a) => { v[a] = 1 - v[a]; },
  NAV: (m, a) => m.go(a),
  BACK: (m) => m.back(Math.max(m.state.depth - 1, 0)),
  HOME: (m) => m.back(0),
  RECENT: (m) => m.recent(),
  UNLESS_EQ: ({ v }, a, b, c) => (v[a] === b ? 0 : c),
  UNLESS_SAME: ({ v }, a, b, c) => (v[a] === v[b] ? 0 : c),
  SKIP: (m, a) => a,
  RANK: ({ v }, a, b, c, d) => {
    const before = (j, i) => {
      if (c >= 0 && v[c + j] !== v[c + i]) return v[c + j] > v[c + i];
      if (v[b + j] !== v[b + i]) return (v[b + j] > v[b + i]) === (d < 0);
      return j < i;
    };
    each(Math.abs(d), (i) => { v[a + i] = count(Math.abs(d), (j) => before(j, i)); });
  },
  MATCH: ({ v, tables }, a, b, c, d) => each(c, (i) => { v[a + i] = v[d] === tables.v_none || v[b + i] === v[d]; }),
  SUM: ({ v }, a, b, c) => {
    let total = 0;
    each(c, (i) => { total += v[b + i]; });
    v[a] = total;
  },
  APPEND: ({ v }, a, b, c, d) => {
    if (v[b] >= d) return;
    v[a + v[b]] = v[c];
    v[b] += 1;
  },
  GET: ({ v }, a, b, c) => { v[a] = v[b + v[c]]; },
  PUT: ({ v }, a, b, c) => { v[a + v[b]] = v[c]; },
  FIND: ({ v }, a, b, c, d) => { v[a] = v.slice(b, b + c).indexOf(v[d]); },
  BOTH: ({ v }, a, b, c, d) => each(d, (i) => { v[a + i] = v[b + i] === 1 && v[c + i] === 1; }),
  DRAW: random, DISTINCT: random, SHUFFLE: random, PICK: random, CHANCE: random,
};

function random() { throw new Error("program: a random instruction after the reset, expected none"); }
function each(n, body) { for (let i = 0; i < n; i += 1) body(i); }
function count(n, holds) {
  let found = 0;
  each(n, (i) => { found += holds(i) ? 1 : 0; });
  return found;
}
function half(n) { return Math.floor(n / 2); }
function copy(value) { return Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value, copy) : value; }

class Twin {
  /** `data`: what `export.episode` and `export.tables` give. */
  constructor(data) {
    if (data.version !== VERSION) throw new Error(`page: version ${data.version}, expected ${VERSION}`);
    const unknown = data.ops.filter((name) => name !== "STOP" && !(name in EFFECTS));
    if (unknown.length) throw new Error(`page: unknown instructions ${unknown}, expected those of this interpreter`);
    this.tables = data;
    this.E = data.errors;
    this.C = Object.fromEntries(data.columns.map((name, k) => [name, k]));
    this.V = Object.fromEntries(data.verbs.map((name, k) => [name, k]));
    this.T = Object.fromEntries(data.types.map((name, k) => [name, k]));
    this.given = data.episode;
    this.reset();
  }

  /** Start the given episode (or a part of one: omitted parts stay as last given). */
  reset(json) {
    const given = typeof json === "string" ? JSON.parse(json) : json;
    this.given = { ...this.given, ...given };
    this.task = this.given.task;
    this.restore(this.given.state);
    this.lastReward = 0;
    return this.obs();
  }

  restore(state) {
    this.state = {};
    for (const [name, value] of Object.entries(state)) {
      const isNumbers = Array.isArray(value) && !Array.isArray(value[0]);
      this.state[name] = isNumbers ? Int16Array.from(value) : copy(value);
    }
    this.v = this.state.vars;
    this.place();
  }

  /** All changeable state, as `restore` takes it. */
  snapshot() {
    return Object.fromEntries(Object.entries(this.state).map(([name, value]) => [name, copy(value)]));
  }

  // --- programs ------------------------------------------------------------------------------------------------------

  run(start) {
    for (let k = start; k < this.task.code.length;) {
      const [op, a, b, c, d] = this.task.code[k];
      const name = this.tables.ops[op];
      if (name === "STOP") return;
      k += 1 + (EFFECTS[name](this, a, b, c, d) || 0);
    }
  }

  go(page) {
    const { stack, scroll } = this.state;
    if (this.state.depth === stack.length - 1) stack.copyWithin(1, 2); // the oldest one is forgotten
    else this.state.depth += 1;
    stack[this.state.depth] = page;
    scroll[page] = 0;
    this.state.focus = -1;
  }

  /** Return to the page that was open at that depth; a phone stores the page that was left for the home screen. */
  back(depth) {
    if (depth === 0 && this.state.depth > 0 && this.v[this.tables.v_recent] !== 0) {
      this.v[this.tables.v_recent] = this.page;
    }
    while (this.state.depth > depth) {
      this.state.stack[this.state.depth] = 0;
      this.state.depth -= 1;
    }
    this.state.focus = -1;
  }

  /** Reopen the page that was last left for the home screen, if there is one. */
  recent() {
    const page = this.v[this.tables.v_recent];
    if (page <= 0) return;
    this.back(0);
    this.go(page);
  }

  // --- where widgets are ---------------------------------------------------------------------------------------------

  get page() { return this.state.stack[this.state.depth]; }

  place() {
    const { widgets } = this.task;
    this.places = widgets.map((widget) => this.bounds(widget));
    this.places.forEach((place, k) => { place.covered = this.hit(...this.centre(k)) !== k; });
  }

  bounds(widget) {
    const { C, v, tables } = this;
    const nowhere = { x: 0, y: 0, w: 0, h: 0 };
    if (widget[C.page] !== this.page && widget[C.page] >= 0) return nowhere;
    if (widget[C.show] >= 0 && v[widget[C.show]] !== widget[C.show_value]) return nowhere;
    let [x, y, w, h] = [widget[C.x], widget[C.y], widget[C.w], widget[C.h]];
    if (widget[C.slot] >= 0) {
      const row = Math.floor(v[widget[C.slot]] / widget[C.columns]);
      x += widget[C.dx] * (v[widget[C.slot]] - row * widget[C.columns]);
      y += widget[C.dy] * row;
    }
    if (!widget[C.fixed]) {
      y -= this.state.scroll[this.page];
      const cut = Math.max(tables.top - y, 0);
      [y, h] = [y + cut, h - cut];
      h = Math.min(h, tables.bottom - y);
    }
    return { x, y, w, h: Math.max(Math.min(h, tables.height - y), 0) };
  }

  centre(k) {
    const { x, y, w, h } = this.places[k];
    return [x + half(w), y + half(h)];
  }

  /** The widget at a point: the highest, and the last among equally high ones; -1 for none. */
  hit(x, y) {
    let found = -1;
    this.places.forEach(({ x: left, y: top, w, h }, k) => {
      const isInside = left <= x && x < left + w && top <= y && y < top + h;
      if (isInside && (found < 0 || this.of(k, "z") >= this.of(found, "z"))) found = k;
    });
    return found;
  }

  isShown(k) { return k >= 0 && this.places[k].h > 0; }

  /** The widgets on the screen, in the order that the reset drew. */
  get shown() { return Array.from(this.state.order.slice(0, this.places.length)).filter((k) => this.places[k].h > 0); }

  /** The visible widget that has the focus; -1 for none. */
  get focused() { return this.isShown(this.state.focus) ? this.state.focus : -1; }

  get furthest() { return Math.max(this.task.heights[this.page] - this.tables.bottom, 0); }

  // --- what widgets are ----------------------------------------------------------------------------------------------

  of(k, column) { return this.task.widgets[k][this.C[column]]; }

  type(k) { return this.tables.types[this.of(k, "type")]; }

  role(k) { return this.tables[this.isClickable(k) ? "clickable_roles" : "roles"][this.type(k)]; }

  isEditable(k) { return this.type(k) === "textfield" || this.type(k) === "password"; }

  isClickable(k) { return this.of(k, "program") > 0 || this.isEditable(k) || this.type(k) === "slider"; }

  isChecked(k) {
    const isState = this.of(k, "value") >= 0 && !this.isEditable(k) && this.type(k) !== "slider";
    return isState && this.v[this.of(k, "value")] === this.of(k, "on");
  }

  textCode(reference) { return reference >= 0 ? reference : this.v[-1 - reference]; }

  valueCode(k) {
    if (this.of(k, "value") < 0) return 0;
    const held = this.v[this.of(k, "value")];
    return this.type(k) === "slider" ? this.tables.words.NUMBER + held : held;
  }

  // --- texts ---------------------------------------------------------------------------------------------------------

  text(code) {
    const { NUMBER, PRICE, DATE, TIME, DAYS, MONTHS, texts } = this.tables.words;
    if (code < NUMBER) return texts[code] || "";
    if (code < PRICE) return `${code - NUMBER}`;
    if (code < DATE) return `$${code - PRICE}`;
    if (code < TIME) return `${((code - DATE) % DAYS) + 1} ${MONTHS[Math.floor((code - DATE) / DAYS) % 12]}`;
    const minutes = (code - TIME) * 5;
    return [Math.floor(minutes / 60) % 24, minutes % 60].map((n) => `${n}`.padStart(2, "0")).join(":");
  }

  /** The code of a typed text, ignoring spacing and case; 0 if no screen could show it. */
  known(typed) {
    const { NUMBER, PRICE, DATE, TIME, NUMBERS, DAYS, MONTHS, texts } = this.tables.words;
    const plainly = (text) => text.toLowerCase().split(/\s+/).filter(Boolean).join(" ");
    const plain = plainly(typed);
    const meant = this.candidates.find((code) => code && this.text(code) === typed); // of codes with one text
    if (meant) return meant;
    const [, dollar, digits] = plain.match(/^(\$?)(\d+)$/) || [];
    if (digits && Number(digits) < NUMBERS) return (dollar ? PRICE : NUMBER) + Number(digits);
    const [, day, name] = plain.match(/^(\d+) (\D+)$/) || [];
    const month = MONTHS.findIndex((one) => one.toLowerCase() === name);
    if (month >= 0 && day >= 1 && day <= DAYS) return DATE + month * DAYS + Number(day) - 1;
    const [, hours, minutes] = plain.match(/^(\d+):(\d+)$/) || [];
    if (hours < 24 && minutes < 60 && minutes % 5 === 0) return TIME + (hours * 60 + Number(minutes)) / 5;
    return Math.max(plain ? texts.findIndex((one) => plainly(one) === plain) : 0, 0);
  }

  get candidates() { return Array.from(this.state.offered, (k) => this.textCode(this.task.candidates[k])); }

  // --- actions -------------------------------------------------------------------------------------------------------

  /** {verb, and where needed: element (its index among those shown) or x and y, text (or its code)}, or {error}. */
  act(json) {
    if (this.state.over) throw new Error("act: the episode has ended; call reset first");
    const action = typeof json === "string" ? JSON.parse(json) : json;
    const { V, E, state } = this;
    const verb = V[action.verb];
    if (verb === undefined && !action.error) throw new Error(`verb: ${action.verb}, expected one of ${this.tables.verbs}`);
    let { x = -1, y = -1 } = action;
    if (action.element !== undefined) {
      const k = this.shown[action.element];
      if (k !== undefined && !this.places[k].covered) [x, y] = this.centre(k);
    }
    const text = typeof action.text === "string" ? this.known(action.text) : action.text || 0;
    state.t += 1;
    if (action.error) state.error = action.error; // invalid words
    else if (verb >= V.complete) state.error = this.declare(verb, text);
    else if (verb !== V.wait) state.error = this.perform(verb, x, y, text);
    else state.error = this.note(verb, -1, 0);
    state.illegal = state.error !== E.OK;
    this.lastReward = this.judge();
    this.place();
    return this.obs();
  }

  note(verb, k, text) {
    const { history } = this.state;
    history.shift();
    history.push(k < 0 ? [verb + 1, 0, 0, text]
      : [verb + 1, this.of(k, "type") + 1, this.textCode(this.of(k, "text")), text]);
    return this.E.OK;
  }

  click(k, x) {
    if (this.isEditable(k) || this.type(k) === "slider") this.state.focus = k;
    if (this.type(k) === "slider") {
      const [low, high] = [this.of(k, "low"), this.of(k, "high")];
      const steps = Math.floor(((x - this.places[k].x) * (high - low + 1)) / this.of(k, "w"));
      this.v[this.of(k, "value")] = low + Math.min(steps, high - low);
    }
    if (this.of(k, "program") > 0) this.run(this.of(k, "program"));
  }

  perform(verb, x, y, text) {
    const { V, E, state, page } = this;
    const k = this.focused;
    if (verb === V.click || verb === V.long_press) {
      const target = this.hit(x, y);
      const takes = target >= 0 && (verb === V.click ? this.isClickable(target) : this.of(target, "long_program") > 0);
      if (!takes) return E.NOTHING_THERE;
      this.note(verb, target, 0);
      if (verb === V.click) this.click(target, x);
      else this.run(this.of(target, "long_program"));
      return E.OK;
    }
    if (verb === V.type || verb === V.clear || verb === V.enter) {
      if (k < 0 || !this.isEditable(k)) return E.NO_FOCUS;
      if (verb === V.type && text === 0) return E.NO_TEXT;
      this.note(verb, k, verb === V.type ? text : 0);
      if (verb !== V.enter) this.v[this.of(k, "value")] = verb === V.type ? text : 0;
      else if (this.of(k, "long_program") > 0) this.run(this.of(k, "long_program"));
      return E.OK;
    }
    const isSliding = verb === V.scroll_left || verb === V.scroll_right;
    if (verb === V.scroll_up || verb === V.scroll_down) {
      const old = state.scroll[page];
      const moved = old + (verb === V.scroll_up ? -1 : 1) * this.tables.scroll;
      state.scroll[page] = Math.min(Math.max(moved, 0), this.furthest);
      if (state.scroll[page] === old) return E.NO_FURTHER;
    } else if (isSliding) {
      if (k < 0 || this.type(k) !== "slider") return E.NO_FOCUS;
      const moved = this.v[this.of(k, "value")] + (verb === V.scroll_right ? 1 : -1);
      if (moved < this.of(k, "low") || moved > this.of(k, "high")) return E.NO_FURTHER;
      this.v[this.of(k, "value")] = moved;
    } else if (verb === V.back || verb === V.home) {
      if (state.depth === 0) return E.NO_PAGE;
      this.back(verb === V.back ? state.depth - 1 : 0);
    } else if (verb === V.recent) {
      if (this.v[this.tables.v_recent] <= 0) return E.NO_PAGE;
      this.recent();
    }
    return this.note(verb, isSliding ? k : -1, 0);
  }

  declare(verb, text) {
    const { V, E, task, given, state } = this;
    if (verb === V.complete && (!given.params.declare || task.answers)) return E.NOT_HERE;
    if (verb === V.impossible && !task.may_be_infeasible) return E.NOT_HERE;
    if (verb === V.answer && !task.answers) return E.NOT_HERE;
    if (verb === V.answer && text === 0) return E.NO_TEXT;
    this.note(verb, -1, text);
    state.answer = text;
    state.declared = verb;
    return E.OK;
  }

  /** The share of predicates that hold. */
  get share() {
    const { v, state } = this;
    const holds = {
      EQ_NUMBER: (a, b) => v[a] === b,
      EQ_VAR: (a, b) => v[a] === v[b],
      EQ_VARS: (a, b, n) => count(n, (i) => v[a + i] === v[b + i]) === n,
      ANSWER_VAR: (a) => state.answer !== 0 && state.answer === v[a],
    };
    const { predicates } = this.task;
    return predicates.filter(([kind, ...rest]) => holds[this.tables.predicates[kind]](...rest)).length
      / predicates.length;
  }

  get isHarmless() { return this.task.protected.every((k) => this.v[k] === this.state.before[k]); }

  /** The reward of the step; records whether the episode has ended. */
  judge() {
    const { state, given: { params } } = this;
    const [held, was] = [this.share, state.oracle_progress];
    state.oracle_progress = held;
    const isDone = held === 1 && this.isHarmless;
    const hasEnded = state.declared >= 0 || (isDone && !params.declare);
    const isRightlyImpossible = this.v[this.tables.v_infeasible] === 1 && this.v[this.tables.v_unseen] === 0;
    state.is_success = state.declared === this.V.impossible
      ? isRightlyImpossible && this.isHarmless : hasEnded && isDone;
    state.over = hasEnded || (state.max_steps > 0 && state.t >= state.max_steps);
    let reward = state.is_success ? 1 : 0;
    if (params.reward === "partial" && hasEnded && !state.is_success) reward = 0.99 * held;
    else if (params.reward === "shaped") reward += params.gamma * held - was;
    else if (params.reward === "time") reward *= 1 - state.t / state.max_steps;
    return reward;
  }

  // --- what is seen --------------------------------------------------------------------------------------------------

  /** The observation of `kernel.observe`, and the goal. */
  obs() {
    const { state, task, tables } = this;
    const seen = this.shown.slice(0, tables.rows);
    const table = seen.map((k, row) => {
      const { x, y, w, h } = this.places[k];
      return [row + 1, this.of(k, "type"), this.of(k, "page"), x, y, w, h, this.textCode(this.of(k, "text")),
        this.valueCode(k), this.flags(k), this.of(k, "group"), this.of(k, "z"), this.of(k, "low"), this.of(k, "high")];
    });
    return {
      goal: this.given.goal,
      table,
      fields: [state.task, state.paraphrase, ...task.fields.map((k) => (k ? this.v[k] : 0))],
      candidates: this.candidates,
      history: copy(state.history),
      error: tables.error_texts[state.error],
    };
  }

  flags(k) {
    const isEditable = this.isEditable(k);
    const set = [this.isClickable(k), this.of(k, "long_program") > 0 && !isEditable, isEditable, this.isChecked(k),
      k === this.focused, this.places[k].covered];
    return set.reduce((sum, one, i) => sum + (one ? 2 ** i : 0), 0);
  }
}

if (typeof module !== "undefined") module.exports = { Twin, EFFECTS };
