'use strict';
const output = document.querySelector('output');

async function send(path, order) {
  output.textContent = '…';
  try {
    const answer = await fetch('/_control/' + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    sessionStorage.setItem('answer', answer.status + ' ' + (await answer.text()));
    location.reload();
  } catch (error) {
    output.textContent = String(error);
  }
}

// Fields left empty are not sent. A price stays text, so that no digit of it is lost.
function read(form) {
  const order = {};
  for (const field of form.elements) {
    if (!field.name || field.value === '') continue;
    if (field.type === 'number') order[field.name] = Number(field.value);
    else if (field.value === 'true' || field.value === 'false') order[field.name] = field.value === 'true';
    else order[field.name] = field.value;
  }
  return order;
}

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form.dataset.path, read(form));
  });
}
for (const button of document.querySelectorAll('button[data-path]')) {
  button.addEventListener('click', () => send(button.dataset.path, JSON.parse(button.dataset.order)));
}
output.textContent = sessionStorage.getItem('answer') || '';
sessionStorage.removeItem('answer');
output.addEventListener('click', () => { output.textContent = ''; });
