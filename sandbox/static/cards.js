// Draws the Adaptive Cards on a page with Microsoft's renderer, and presses their buttons as the person of the page.
"use strict";

const CARD = "application/vnd.microsoft.card.adaptive";
const MESSAGE = "application/vnd.microsoft.activity.message";
const dark = matchMedia("(prefers-color-scheme: dark)");

// What Teams understands of Markdown; HTML in it is shown as text.
const markdown = markdownit("zero", { html: false }).enable(["emphasis", "link", "list", "newline"]);
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

function colors() {
  const of = (plain, subtle) => ({ default: plain, subtle });
  const [text, quiet, accent, good, warning, attention] = dark.matches
    ? ["#f5f5f5", "#c4c4c4", "#a6b0ff", "#7fd08a", "#ffc45c", "#ff9a9a"]
    : ["#1f1f1f", "#555555", "#4a4fb5", "#1d6b2a", "#7a4b00", "#a4161a"];
  return {
    default: of(text, quiet),
    accent: of(accent, accent),
    good: of(good, good),
    warning: of(warning, warning),
    attention: of(attention, attention),
    light: of("#c4c4c4", "#c4c4c4"),
    dark: of("#555555", "#555555"),
  };
}

function hostConfig() {
  const style = (background) => ({ backgroundColor: background, foregroundColors: colors() });
  const background = dark.matches ? "#2b2b2b" : "#ffffff";
  return new AdaptiveCards.HostConfig({
    fontFamily: "inherit",
    fontSizes: { small: 14, default: 16, medium: 17, large: 20, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    spacing: { small: 6, default: 10, medium: 16, large: 24, extraLarge: 32, padding: 16 },
    containerStyles: {
      default: style(background),
      emphasis: style(dark.matches ? "#3a3a3a" : "#f0f0f0"),
    },
    actions: { actionsOrientation: "vertical", actionAlignment: "stretch", buttonSpacing: 8, maxActions: 6 },
    inputs: {
      label: { requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" }, optionalInputs: { weight: "bolder" } },
      errorMessage: { color: "attention", weight: "bolder" },
    },
  });
}

/** Mentions become bold names, as Teams shows them. */
function withMentions(card) {
  const entities = card.msteams?.entities ?? [];
  let text = JSON.stringify(card);
  for (const { type, text: tag, mentioned } of entities) {
    if (type === "mention") {
      const [from, to] = [tag, `**${mentioned?.name ?? ""}**`].map((each) => JSON.stringify(each).slice(1, -1));
      text = text.replaceAll(from, to);
    }
  }
  return JSON.parse(text);
}

function draw(place, json) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = hostConfig();
  card.onExecuteAction = (action) => press(place, card, action);
  card.parse(withMentions(json));
  place.card = json;
  place.querySelector(".drawn").replaceChildren(card.render());
}

function tell(place, text, isError) {
  const answer = place.querySelector(".answer");
  answer.setAttribute("role", isError ? "alert" : "status");
  answer.classList.toggle("error", isError);
  answer.textContent = text;
}

async function press(place, card, action) {
  if (action instanceof AdaptiveCards.OpenUrlAction) {
    open(action.url, "_blank", "noopener");
    return;
  }
  const { actor, conversation, activity } = place.dataset;
  if (!actor) {
    tell(place, "To answer, open the page of the person who answers.", true);
    return;
  }
  const sent = action.data ?? {};
  // The renderer leaves out what was emptied; to the sandbox, what is left out keeps the card's own value.
  const data = Object.fromEntries(card.getAllInputs().map(({ id }) => [id, sent[id] ?? ""]));
  tell(place, "Sending …", false);
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`/_sandbox/people/${encodeURIComponent(actor)}/act`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ conversation, activity, title: action.title, verb: action.verb, data }),
    });
    show(place, response.ok, await response.json());
  } catch {
    tell(place, "The sandbox does not answer.", true);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function show(place, ok, reply) {
  if (!ok) {
    tell(place, reply.error ?? Object.values(reply.errors ?? {}).join(" "), true);
  } else if (reply.type === CARD) {
    draw(place, reply.value);
    tell(place, "Answered. Only this person sees this card.", false);
  } else if (reply.type === MESSAGE) {
    tell(place, reply.value, false);
  } else if (reply.type === "message") {
    tell(place, reply.status < 300 ? "Sent." : "The app did not take it.", reply.status >= 300);
  } else {
    tell(place, reply.value?.message ?? String(reply.value), true);
  }
}

function drawAll() {
  for (const place of document.querySelectorAll(".card")) {
    draw(place, place.card ?? JSON.parse(place.querySelector("script").textContent));
  }
}

drawAll();
dark.addEventListener("change", drawAll);
