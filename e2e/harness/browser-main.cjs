// A browser for the sign-in pages: one sandboxed window of the bare runtime. Playwright opens the addresses.
const { app, BrowserWindow } = require('electron');

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 900, height: 800, webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false } });
  return window.loadURL('about:blank');
});
app.on('window-all-closed', () => app.quit());
