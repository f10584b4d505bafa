/** The practice's own sign-in pages: plain HTML that works without scripts, in a browser and for a screen reader. */

const STYLE = `
  body { margin: 0; font: 19px/1.5 Arial, sans-serif; color: #212b32; background: #f0f4f5; }
  header { background: #005eb8; color: #fff; padding: 16px 24px; font-weight: 700; }
  main { max-width: 600px; margin: 32px auto; padding: 24px 32px 32px; background: #fff; border: 1px solid #d8dde0; }
  h1 { font-size: 32px; line-height: 1.2; margin: 8px 0 20px; }
  label { display: block; font-weight: 600; margin: 16px 0 4px; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: 8px; border: 2px solid #4c6272; }
  input:focus, button:focus, a:focus { outline: 4px solid #ffeb3b; outline-offset: 0; border-color: #212b32; }
  button { font: inherit; font-weight: 600; padding: 10px 20px; margin: 24px 12px 0 0; border: 0; border-bottom: 4px solid #00401e; background: #007f3b; color: #fff; cursor: pointer; }
  button.secondary { background: #4c6272; border-color: #263139; }
  .error { border: 4px solid #d5281b; padding: 12px 16px; margin-bottom: 16px; font-weight: 600; }
  .demo { color: #4c6272; font-size: 16px; }
  ul { columns: 2; column-gap: 32px; padding-left: 20px; font-size: 17px; }
  li { margin-bottom: 4px; break-inside: avoid; }`;

export function loginPage(action: string, username = '', problem?: string): string {
  return page(
    'Sign in',
    `${problem ? `<div class="error" role="alert">${escape(problem)}</div>` : ''}
    <h1>Sign in to Demo Surgery</h1>
    <form method="post" action="${escape(action)}">
      <label for="username">Username</label>
      <input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" value="${escape(username)}" required autofocus>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required>
      <button type="submit">Sign in</button>
    </form>
    <p class="demo">A demonstration: nobody and nothing here is real. Who can sign in is listed where the practice was started.</p>`,
  );
}

export function consentPage(action: string, name: string, client: string, asks: readonly string[], refused: readonly string[]): string {
  const list = (items: readonly string[]): string => `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
  return page(
    'Allow access',
    `<h1>Allow ${escape(client)}?</h1>
    <p>You are signed in as <strong>${escape(name)}</strong>. ${escape(client)} asks to:</p>
    ${list(asks)}
    ${refused.length > 0 ? `<p>It also asks for this, which your role does not include and which it will not get:</p>${list(refused)}` : ''}
    <form method="post" action="${escape(action)}">
      <button type="submit" name="answer" value="allow">Allow</button>
      <button type="submit" name="answer" value="deny" class="secondary">Deny</button>
    </form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escape(title)}</h1><p>${escape(text)}</p>`);
}

export function logoutPage(form: string): string {
  return page(
    'Sign out',
    `<h1>Sign out of Demo Surgery?</h1>
    ${form}
    <button type="submit" form="op.logoutForm" value="yes" name="logout" autofocus>Sign out</button>
    <button type="submit" form="op.logoutForm" class="secondary">Stay signed in</button>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)} – Demo Surgery</title><style>${STYLE}</style></head>
<body><header>Demo Surgery</header><main>${content}</main></body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
