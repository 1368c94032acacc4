// Serves this folder at http://localhost:5173, which is another origin than StoreFlow's own.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript'],
  '/shop.js': ['shop.js', 'text/javascript'],
  '/screen.html': ['screen.html', 'text/html; charset=utf-8'],
  '/screen.js': ['screen.js', 'text/javascript'],
  '/signalr.js': ['node_modules/@microsoft/signalr/dist/browser/signalr.js', 'text/javascript'],
};

createServer(async (request, response) => {
  const [file, type] = files[new URL(request.url, 'http://localhost').pathname] ?? [];
  if (!file)
    return response.writeHead(404).end();
  const content = await readFile(new URL(file, import.meta.url));
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(content);
}).listen(5173, 'localhost', () => console.log('The shop is at http://localhost:5173'));
