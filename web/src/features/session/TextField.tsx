import './session.css'
import { Input } from 'antd'
import { useId } from 'react'

interface Props {
  name: string
  label: string
  value: string
  onChange: (value: string) => void
  secret?: boolean
  hint?: string | undefined
  error?: string | undefined
  autoComplete?: string
}

/** A labelled text input whose hint and error are announced with it. */
export function TextField({ name, label, value, onChange, secret = false, hint, error, autoComplete }: Props) {
  const id = useId()
  const shared = {
    id,
    name,
    value,
    autoComplete,
    status: error ? ('error' as const) : ('' as const),
    'aria-invalid': Boolean(error),
    'aria-describedby': hint || error ? `${id}-note` : undefined,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {secret ? <Input.Password {...shared} /> : <Input {...shared} />}
      {(error ?? hint) && (
        <p id={`${id}-note`} className={error ? 'note bad' : 'note'}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}
