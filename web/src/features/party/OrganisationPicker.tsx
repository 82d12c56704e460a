import { Select } from 'antd'
import { useState } from 'react'
import { useLang } from '@/i18n'
import { useOrganisations } from './api'

/** Choosing an organisation by a piece of its name or code. */
export function OrganisationPicker({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { d } = useLang()
  const [q, setQ] = useState('')
  const found = useOrganisations(q)
  return (
    <Select
      className="org-picker"
      showSearch={{ filterOption: false, onSearch: setQ }}
      aria-label={d.party.pick}
      placeholder={d.party.pick}
      value={value || null}
      onChange={(code) => onChange(code ?? '')}
      loading={found.isFetching}
      options={(found.data ?? []).map((o) => ({ value: o.code, label: o.name }))}
    />
  )
}
