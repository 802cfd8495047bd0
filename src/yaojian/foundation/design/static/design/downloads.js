// Says on a link that its file is being made, until a cookie tells that the answer has come. Every link works
// without this file. A browser keeps quiet about downloads, so the server answers with a cookie of the word it was given.
const COOKIE = "yaojian_download_";
const LOOK_EVERY = 300;
const GIVE_UP_AFTER = 15 * 60 * 1000;

function newWord() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function answerTo(word) {
  const start = `${COOKIE}${word}=`;
  return document.cookie.split("; ").find((one) => one.startsWith(start))?.slice(start.length);
}

function begin(link) {
  const label = link.querySelector("[data-download-label]");
  const before = label.textContent;
  label.textContent = link.dataset.making;
  link.classList.add("is-making");
  link.setAttribute("aria-disabled", "true");
  return () => {
    label.textContent = before;
    link.classList.remove("is-making");
    link.removeAttribute("aria-disabled");
  };
}

function follow(link, word, plain, end) {
  const since = Date.now();
  const timer = setInterval(() => {
    const answer = answerTo(word);
    if (!answer && Date.now() - since < GIVE_UP_AFTER) return;
    clearInterval(timer);
    document.cookie = `${COOKIE}${word}=; Max-Age=0; Path=/; SameSite=Strict`;
    end();
    // Why it was refused stands on a page of its own, which a download does not show.
    if (answer === "refused") location.assign(plain);
  }, LOOK_EVERY);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-download]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.hasAttribute("aria-disabled")) {
    event.preventDefault();
    return;
  }
  const plain = link.href;
  const word = newWord();
  const address = new URL(plain);
  address.searchParams.set("signal", word);
  link.href = address.href;
  link.download = "";
  setTimeout(() => {
    link.href = plain;
    link.removeAttribute("download");
  });
  follow(link, word, plain, begin(link));
});
