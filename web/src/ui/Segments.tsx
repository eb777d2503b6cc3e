interface SegmentsProps {
  label: string;
  value: string;
  choices: readonly { id: string; label: string; off?: string }[];
  onChange: (id: string) => void;
}

/** A few choices side by side, one of them in force. */
export function Segments({ label, value, choices, onChange }: SegmentsProps) {
  return (
    <fieldset className="segments" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.id}
          type="button"
          aria-pressed={choice.id === value}
          disabled={choice.off !== undefined}
          title={choice.off}
          onClick={() => onChange(choice.id)}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
