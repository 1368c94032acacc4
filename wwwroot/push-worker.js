// Shows what a shop tells of an order, also while no page of it is open. It does nothing else: no caching, no requests.
'use strict';

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('push', event => {
  const { title, body, url } = event.data.json();
  // A later message about the same order takes the place of an earlier one.
  event.waitUntil(self.registration.showNotification(title, { body, tag: url, renotify: true, data: { url } }));
});

self.addEventListener('notificationclick', event => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.url));
});

async function show(url) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(each => new URL(each.url).pathname === url);
  return page ? page.focus() : self.clients.openWindow(url);
}
