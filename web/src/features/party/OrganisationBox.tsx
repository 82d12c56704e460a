import { AutoComplete } from 'antd'
import { useDeferredValue, useId } from 'react'
import { useLang } from '@/i18n'
import { rowsOf } from '@/pattern/state/Paged'
import { useOrganisations } from './api'

/** As long as every credit code (GB 32100). */
const CODE = 18

/** An organisation by its code, which nobody knows by heart: part of the name finds it. */
export function OrganisationBox({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { d } = useLang()
  const id = useId()
  const typed = useDeferredValue(value.trim())
  const found = rowsOf(useOrganisations(typed, typed.length > 1))
  const chosen = found.find((o) => o.code === value)
  return (
    <div className="field">
      <label htmlFor={id}>{d.party.pick}</label>
      <AutoComplete
        id={id}
        className="full"
        value={value}
        maxLength={100}
        options={value.length === CODE || typed.length < 2 ? [] : found.map((o) => ({ value: o.code, label: `${o.name} ${o.code}` }))}
        onChange={(next) => onChange((next ?? '').trim().toUpperCase())}
      />
      {chosen && <p className="note">{chosen.name}</p>}
    </div>
  )
}
