// The web page: which address shows what. How each thing looks is in cards.js.
import { about, alternativeCard, answerCard, card, citationCard, dateLine, documentLink, element, marked } from "./cards.js";

const NO_MATCH = "资料里没有找到与这个问题相关的内容。\n可以换一种说法，写明想问的人、地方或事情；也可以在“文档”里看看收录了哪些资料。";
const REASONS = {
  no_match: NO_MATCH,
  low_confidence: "找到了一些相关的段落，但没有一段足以直接回答。\n可以看看下面的引用，或把问题问得更具体。",
  filtered_out: "在所选的范围里没有答案。\n请放宽来源或日期再试。",
};
const HOW = [
  "答案都是资料里的原话，不改一个字。",
  "点开标题就能看到这句话在全文里的位置，可以逐字核对。",
  "没有把握的时候，会直说没有找到。",
];
const WAITING = "请稍候……";
const PAGE_SIZE = 20;

const view = document.getElementById("view");
const status = document.getElementById("status");
const form = document.getElementById("ask");
let turn = 0; // the newest page asked for; an older answer that arrives late is dropped
let lastAnswer = ""; // the address of the answer seen last, to go back to from a document

async function problemOf(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return `服务返回了 ${response.status}，请稍后再试。`;
  }
}

async function get(url) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error("连不上服务，请确认它正在运行。");
  }
  if (!response.ok) throw new Error(await problemOf(response));
  return response;
}

async function showAnswer(query) {
  const reply = await (await get(`ask?${query}`)).json();
  lastAnswer = location.hash;
  const first = reply.answer
    ? answerCard(reply.answer, reply.citations)
    : card("notice", "没有答案", REASONS[reply.reason] || NO_MATCH);
  const count = reply.citations.length ? `，引用 ${reply.citations.length} 条` : "";
  const said = `${reply.answer ? "找到了答案" : "没有答案"}${count}，用时 ${Math.round(reply.took_ms)} 毫秒`;
  return {
    said,
    nodes: [
      ...reply.dates.map((hint) => dateLine(hint, query)),
      first,
      ...reply.alternatives.map((other) => alternativeCard(other, reply.citations)),
      ...reply.citations.map(citationCard),
    ],
  };
}

async function showDocuments(query) {
  const offset = Number(query.get("offset")) || 0;
  const page = await (await get(`documents?offset=${offset}&limit=${PAGE_SIZE}`)).json();
  const cards = page.items.map((item) => card("document", "",
    element("h2", {}, documentLink(item.title, item.id)),
    about(item),
    element("div", { className: "soft", textContent: `${item.path} · ${item.characters} 字 · ${item.passages} 段` })));
  const turns = element("p", {});
  if (offset > 0) turns.append(element("a", { href: `#/documents?offset=${Math.max(0, offset - PAGE_SIZE)}`, textContent: "上一页" }), " ");
  if (offset + PAGE_SIZE < page.total) turns.append(element("a", { href: `#/documents?offset=${offset + PAGE_SIZE}`, textContent: "下一页" }));
  return { said: `共 ${page.total} 篇文档`, nodes: [...cards, turns] };
}

async function showDocument(id, query) {
  const address = `documents/${encodeURIComponent(id)}`;
  const [item, body] = await Promise.all([
    get(address).then((response) => response.json()),
    get(`${address}/text`).then((response) => response.arrayBuffer()),
  ]);
  // A decoder drops a leading byte order mark unless told to keep it; positions count it.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const span = { start: Number(query.get("start")) || 0, end: Number(query.get("end")) || 0 };
  const back = lastAnswer ? [element("p", {}, element("a", { href: lastAnswer, textContent: "← 回到答案" }))] : [];
  const made = card("document", "",
    element("h2", { textContent: item.title }), about(item),
    element("div", { className: "soft", textContent: `${item.path} · SHA-256 ${item.sha256}` }),
    element("pre", {}, ...marked(text, [span])));
  return { said: `全文 ${item.characters} 字`, nodes: [...back, made] };
}

async function showHome() {
  form.elements.question.focus();
  return { said: "", nodes: [element("ul", { className: "how" }, ...HOW.map((textContent) => element("li", { textContent })))] };
}

// Put the fields as the address has them: a filter left from before would narrow this question.
function fill(query) {
  for (const field of form.querySelectorAll("input")) field.value = query.get(field.name) || "";
  const narrowed = [...query.keys()].some((name) => name !== "question");
  if (narrowed) document.getElementById("narrow").open = true;
}

function route() {
  const [path, search = ""] = (location.hash.slice(1) || "/").split("?", 2);
  const query = new URLSearchParams(search);
  const [, place, id] = path.split("/");
  if (place === "documents" && id) return () => showDocument(decodeURIComponent(id), query);
  if (place === "documents") return () => showDocuments(query);
  if (place === "ask" && query.get("question")) {
    fill(query);
    document.title = `${query.get("question")} · 有据`;
    return () => showAnswer(query);
  }
  return showHome;
}

async function render() {
  turn += 1;
  const mine = turn;
  document.title = "有据";
  status.textContent = WAITING;
  view.replaceChildren();
  let shown;
  try {
    shown = await route()();
  } catch (error) {
    const text = error instanceof URIError ? "地址不完整，请重新打开。" : error.message;
    shown = { said: "", nodes: [card("notice", "出错", text)] };
  }
  if (mine !== turn) return;
  status.textContent = shown.said;
  view.replaceChildren(...shown.nodes);
  const mark = view.querySelector("pre mark");
  if (mark) {
    mark.tabIndex = -1;
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
  } else {
    window.scrollTo(0, 0);
  }
  showAbout();
}

async function showAbout() {
  const foot = document.getElementById("about");
  try {
    const info = await (await get("index")).json();
    foot.textContent = `已收录 ${info.documents} 篇文档、${info.passages} 段 · 索引 ${info.version} · 模型 ${info.model}`;
  } catch (error) {
    foot.textContent = error.message;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.set(name, value);
  if (!query.has("question")) return;
  const target = `#/ask?${query}`;
  if (location.hash === target) render();
  else location.hash = target;
});
window.addEventListener("hashchange", render);
render();
