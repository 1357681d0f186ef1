// How the editor talks with the desk: its token in a header, a refusal as words.
const HEADERS = { Accept: "application/json" };

/** Send a body; gives { status, data }; `data` is null when the answer is no JSON. */
export const send = async (address, { token, body, kind = "application/xml", headers = {}, signal, keepalive }) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { ...HEADERS, "Content-Type": kind, "X-CSRFToken": token, ...headers },
    body,
    signal,
    keepalive,
    redirect: "manual",
  });
  let data = null;
  try {
    data = await answer.json();
  } catch {
    // an error page, or the way to the sign-in page
  }
  return { status: answer.status, data };
};

/** Give the person a file that the browser made. */
export const download = (name, text, kind) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(text instanceof Blob ? text : new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
