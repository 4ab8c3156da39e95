// The pieces of the page. What comes from documents reaches the page through textContent alone.

const ONLY_THEN = "只看这段时间发布的资料";
const ANY_TIME = "不限发布时间";
const OPEN_REPRINTS = 3; // more of them are shown only when asked for

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function card(className, label, ...children) {
  const made = element("article", { className }, ...children);
  if (label) made.setAttribute("aria-label", label);
  return made;
}

// Positions from the service count characters; JavaScript counts UTF-16 units.
function unitsAt(text, characters) {
  let units = 0;
  for (let n = 0; n < characters && units < text.length; n += 1) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
}

// The text as nodes, with the spans (in characters from `origin`) marked.
export function marked(text, spans, origin = 0) {
  const nodes = [];
  let done = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const from = Math.max(done, unitsAt(text, span.start - origin));
    const to = unitsAt(text, span.end - origin);
    if (to <= from) continue;
    nodes.push(text.slice(done, from), element("mark", { textContent: text.slice(from, to) }));
    done = to;
  }
  return [...nodes, text.slice(done)];
}

export function documentLink(text, id, span) {
  const place = span ? `?start=${span.start}&end=${span.end}` : "";
  return element("a", { href: `#/documents/${encodeURIComponent(id)}${place}`, textContent: text });
}

export function about(item) {
  const line = [item.source, item.author, item.published].filter(Boolean).join(" · ");
  const made = element("div", { className: "soft" }, line || item.path);
  if (/^https?:\/\//i.test(item.url || "")) {
    const link = element("a", { href: item.url, textContent: "原网页", rel: "noopener noreferrer", target: "_blank" });
    made.append(" · ", link);
  }
  return made;
}

function reprintItem(reprint) {
  const line = [reprint.source, reprint.published].filter(Boolean).join(" · ");
  return element("li", {}, documentLink(reprint.title, reprint.document_id, reprint), ` · ${line || reprint.path}`);
}

// The other documents with the same passage; many of them are folded away.
function reprintsOf(citation) {
  const { reprints } = citation;
  if (!reprints.length) return [];
  const said = `另见于 ${reprints.length} 处`;
  const list = element("ul", { className: "soft" }, ...reprints.map(reprintItem));
  list.setAttribute("aria-label", said);
  if (reprints.length > OPEN_REPRINTS) {
    return [element("details", {}, element("summary", { textContent: said }), list)];
  }
  return [element("div", { className: "soft", textContent: said }), list];
}

function scoreOf(citation) {
  const by = citation.scores.reader === null ? "得分" : "能回答的概率";
  return `${by} ${citation.score.toFixed(2)}`;
}

export function citationCard(citation) {
  const made = card("citation", `引用 ${citation.rank}`,
    element("h2", {}, element("span", { className: "rank", textContent: citation.rank }),
      documentLink(citation.title, citation.document_id, citation)),
    about(citation));
  made.id = `citation-${citation.rank}`;
  if (citation.headings.length) {
    made.append(element("div", { className: "soft", textContent: citation.headings.join(" › ") }));
  }
  made.append(
    element("blockquote", {}, ...marked(citation.text, citation.highlights, citation.start)),
    element("div", { className: "soft", textContent: `第 ${citation.start}–${citation.end} 字 · ${scoreOf(citation)}` }),
    ...reprintsOf(citation));
  return made;
}

function daysOf(hint) {
  if (hint.from === hint.to) return hint.from;
  if (hint.to === null) return `${hint.from} 起`;
  if (hint.from === null) return `${hint.to} 及以前`;
  return `${hint.from} 至 ${hint.to}`;
}

// The same question, over what was published in these days alone; no days take the limit away.
function askedWithin(query, hint) {
  const asked = new URLSearchParams(query);
  for (const [name, day] of [["published_from", hint.from], ["published_to", hint.to]]) {
    if (day === null) asked.delete(name);
    else asked.set(name, day);
  }
  return `#/ask?${asked}`;
}

// What a question says of time restricts nothing: only whoever asks knows whether it should.
export function dateLine(hint, query) {
  const here = askedWithin(query, hint);
  const limited = here === `#/ask?${query}`;
  const link = element("a", limited
    ? { href: askedWithin(query, { from: null, to: null }), textContent: ANY_TIME }
    : { href: here, textContent: ONLY_THEN });
  link.setAttribute("aria-label", `${link.textContent}：${hint.text}`);
  return element("p", { className: "soft dates" }, `问题里提到的时间：${hint.text}（${daysOf(hint)}） `, link);
}

// Words of a source: in their sentence, with the way to the place where they stand.
function quoted(answer, citations) {
  const cited = citations.find((citation) => citation.rank === answer.citation);
  const whole = answer.sentence === answer.text;
  const nodes = [element("p", { className: whole ? "words" : "words short", textContent: answer.text })];
  if (!whole) {
    // Words that the sentence repeats are not marked: which of them is meant cannot be told here.
    const first = answer.sentence.indexOf(answer.text);
    const offset = first === answer.sentence.lastIndexOf(answer.text) ? first : -1;
    const from = [...answer.sentence.slice(0, Math.max(offset, 0))].length;
    const spans = offset < 0 ? [] : [{ start: from, end: from + [...answer.text].length }];
    nodes.push(element("blockquote", {}, ...marked(answer.sentence, spans)));
  }
  if (cited) {
    nodes.push(element("div", {}, "出自 ", documentLink(cited.title, cited.document_id, answer)), about(cited));
  }
  return [...nodes, element("div", { className: "soft", textContent: `把握 ${Math.round(answer.confidence * 100)}%` })];
}

export function answerCard(answer, citations) {
  return card("answer", "答案", ...quoted(answer, citations));
}

// What another citation says instead. The rank tells several of these cards apart for the ear.
export function alternativeCard(answer, citations) {
  return card("answer other", `另一处的说法（引用 ${answer.citation}）`,
    element("h2", { className: "soft", textContent: "另一处的说法" }),
    ...quoted(answer, citations));
}
