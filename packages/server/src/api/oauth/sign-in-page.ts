/** Text → HTML that shows it, also within quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

export interface SignInPage {
  readonly applicationName: string;
  /** Where the browser goes on to, so that people see whom they sign in for. */
  readonly redirectHost: string;
  /** What is sealed of the request, and comes back with the form. */
  readonly form: string;
  readonly username?: string | undefined;
  /** The password was right, and a code is needed. */
  readonly asksForCode: boolean;
  readonly problem?: string | undefined;
  /** The way by the provider of single sign-on, if there is one. */
  readonly signOnUrl?: string | undefined;
}

/** Works without scripts. */
export function signInPage(page: SignInPage): string {
  const { applicationName, redirectHost, problem } = page;
  return document(
    "Sign in",
    `<h1>Sign in to ${escapeHtml(applicationName)}</h1>
${problem === undefined ? "" : `<p role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="/oauth2/authorize">
<input type="hidden" name="form" value="${escapeHtml(page.form)}">
${page.asksForCode ? CODE_FIELDS : passwordFields(page.username)}
<button type="submit">Sign in</button>
</form>
${page.signOnUrl === undefined ? "" : `<p><a class="button" href="${escapeHtml(page.signOnUrl)}">Single sign-on</a></p>`}
<p class="quiet">You go on to ${escapeHtml(redirectHost)}.</p>`,
  );
}

export function problemPage(title: string, detail: string): string {
  return document(
    title,
    `<h1>${escapeHtml(title)}</h1>\n<p role="alert">${escapeHtml(detail)}</p>\n<p><a href="/">Sluice</a></p>`,
  );
}

const CODE_FIELDS = `<label>Code of your app, or a recovery code
<input name="code" required autofocus autocomplete="one-time-code" maxlength="100"></label>`;

function passwordFields(username = ""): string {
  return `<label>E-mail address or user name
<input name="username" required autofocus autocomplete="username" maxlength="320" value="${escapeHtml(username)}"></label>
<label>Password
<input name="password" type="password" required autocomplete="current-password" maxlength="1024"></label>`;
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/status-page/icon.svg">
<link rel="stylesheet" href="/status-page/theme.css">
<link rel="stylesheet" href="/account/style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
