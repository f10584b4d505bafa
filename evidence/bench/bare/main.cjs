// The reference: one sandboxed window of the bare runtime, with a page of its own from the disk.
const { app, BrowserWindow } = require('electron');
const path = require('node:path');

app.enableSandbox();
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1366, height: 768, show: false, webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, backgroundThrottling: false } });
  window.once('ready-to-show', () => window.show());
  return window.loadFile(path.join(__dirname, 'index.html'));
});
app.on('window-all-closed', () => app.quit());
