import { useState } from 'react';

/** Copies a text. Where the browser does not let pages copy, the text can still be selected. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('');
  const copy = () => {
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('closed'));
    done.then(
      () => setSaid('Copied'),
      () => setSaid('Select the text to copy it'),
    );
  };
  return (
    <span className="copy">
      <button type="button" className="button small" onClick={copy} aria-label={`Copy: ${what}`}>
        Copy
      </button>
      <span role="status" className="muted small">
        {said}
      </span>
    </span>
  );
}
