import { h } from "../status-page/dom.js";

/** What stands behind "#": `reset-password=…`, `confirm-email=…` or `invitation=…`. It goes out of the address at once. */
const [purpose = "", secret = ""] = location.hash.slice(1).split("=");
history.replaceState(null, "", location.pathname);

const main = document.getElementById("main");
const pages = { "reset-password": resetPassword, "confirm-email": confirmEmail, invitation: acceptInvitation };
(pages[purpose] ?? nothing)();

function nothing() {
  main.append(h("h1", {}, "Nothing to do here"), h("p", {}, "Open the link of the mail again, as a whole."), home());
}

function resetPassword() {
  const onDone = () => finish("Your password is changed. You are signed out everywhere.");
  main.append(
    h("h1", {}, "Choose a new password"),
    form([newPassword()], "Change the password", onDone, ({ password }) =>
      post("/api/auth/reset-password", { token: secret, new_password: password }),
    ),
  );
}

function confirmEmail() {
  const onDone = () => finish("Your e-mail address is confirmed.");
  main.append(
    h("h1", {}, "Confirm your e-mail address"),
    // Not by itself: programs that look into mails follow their links.
    form([], "Confirm", onDone, () => post("/api/auth/confirm-email", { token: secret })),
  );
}

function acceptInvitation() {
  const email = () => field("email", "E-mail address, as invited", { type: "email", autocomplete: "email" });
  const newcomer = [email(), field("username", "User name", { autocomplete: "username" }), newPassword()];
  const member = [
    email(),
    field("password", "Password", { type: "password", autocomplete: "current-password" }),
    field("code", "Code of your app, if you use one", { autocomplete: "one-time-code", required: false }),
  ];
  main.append(
    h("h1", {}, "You are invited"),
    h("h2", {}, "New here"),
    form(
      newcomer,
      "Make an account",
      () => finish("Your account is ready."),
      (values) => post("/api/auth/register", { ...values, invitation: secret }),
    ),
    h("h2", {}, "With an account"),
    form(member, "Join", () => finish("You have joined."), join),
  );
}

function join({ email, password, code }) {
  return post("/api/auth/join", { invitation: secret, username: email, password, ...(code !== "" && { code }) });
}

function form(fields, action, onDone, work) {
  const told = h("p", { role: "status" });
  const button = h("button", { type: "submit" }, action);
  const onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    told.textContent = "";
    try {
      await work(Object.fromEntries(new FormData(event.target)));
      onDone();
    } catch (error) {
      told.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  };
  return h("form", { onsubmit }, ...fields, button, told);
}

function newPassword() {
  const rules = { type: "password", autocomplete: "new-password", minlength: 8 };
  return field("password", "New password, at least 8 characters", rules);
}

function field(name, label, attributes) {
  return h("label", {}, label, h("input", { name, required: true, ...attributes }));
}

function finish(text) {
  main.replaceChildren(h("h1", {}, text), home());
}

function home() {
  return h("p", {}, h("a", { href: "/" }, "Sign in"));
}

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (response.ok) return response.status === 204 ? undefined : response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `The server answered ${response.status}.`);
}
