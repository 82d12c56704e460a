import { AutoComplete } from 'antd'
import { useDeferredValue, useId } from 'react'
import { rowsOf } from '@/pattern/state/Paged'
import { useOrganisations } from './api'

interface Props {
  label: string
  value: string
  /** The label stands elsewhere on the page, as a column's head does. */
  bare?: boolean
  error?: string | undefined
  /** The code comes with a name that was chosen from the list. */
  onChange: (name: string, code?: string) => void
}

/** An organisation's name, whether it is known here or not; choosing a known one brings its code. */
export function NameBox({ label, value, bare = false, error, onChange }: Props) {
  const id = useId()
  const typed = useDeferredValue(value.trim())
  const found = rowsOf(useOrganisations(typed, typed.length > 1)).filter((o) => o.name !== typed)
  const box = (
    <AutoComplete
      id={id}
      className="full"
      value={value}
      maxLength={200}
      placeholder={bare ? label : undefined}
      aria-label={bare ? label : undefined}
      status={error ? 'error' : ''}
      aria-invalid={Boolean(error)}
      options={typed.length < 2 ? [] : found.map((o) => ({ value: o.code, label: `${o.name} ${o.code}` }))}
      onChange={(next: string) => onChange(next ?? '')}
      onSelect={(code: string) => onChange(found.find((o) => o.code === code)?.name ?? '', code)}
    />
  )
  if (bare) return box
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {box}
      {error && <p className="note bad">{error}</p>}
    </div>
  )
}
