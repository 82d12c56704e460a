import './party.css'

/** A secret that is shown once. */
export function Once({ label, secret }: { label: string; secret: string }) {
  return (
    <p className="once" role="status">
      {label}
      <code className="mono break">{secret}</code>
    </p>
  )
}
