import { Select } from 'antd'
import { useId, useState } from 'react'
import { tableDate } from '@/calendar/date'
import { useFacts, useKindName } from '@/features/evidence/api'
import { OrganisationBox } from '@/features/party/OrganisationBox'
import { useLang } from '@/i18n'
import { rowsOf } from '@/pattern/state/Paged'

/** What stands for a contact: it tells a reader nothing. */
const FINGERPRINT = /^[0-9a-f]{32}$/

interface Chosen {
  id: string
  name: string
}

/** Facts that show what is said, chosen from an organisation's: nobody knows their ids by heart. */
export function FactsBox({ facts, onChange, error }: { facts: Chosen[]; onChange: (facts: Chosen[]) => void; error: string | undefined }) {
  const { d, lang, say } = useLang()
  const id = useId()
  const kind = useKindName()
  const [org, setOrg] = useState('')
  const [typed, setTyped] = useState('')
  const query = useFacts(/^[0-9A-Z]{18}$/.test(org) ? org : '', typed)
  const options = rowsOf(query)
    .filter((f) => f.corrected_by === '' && !facts.some((one) => one.id === f.id))
    .map((f) => ({ value: f.id, label: [say(kind(f.kind)), FINGERPRINT.test(f.object) ? '' : f.object, tableDate(f.occurred, lang)].filter(Boolean).join(' · ') }))
  return (
    <>
      <OrganisationBox value={org} onChange={setOrg} />
      <div className="field">
        <label htmlFor={id}>{d.target.facts}</label>
        <Select
          id={id}
          className="full"
          placeholder={d.target.factsHint}
          value={null}
          disabled={org === '' || facts.length >= 200}
          loading={query.isFetching}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          notFoundContent={query.isFetching ? d.state.loading : d.target.noFacts}
          options={options}
          onChange={(chosen: string | null) => {
            const one = options.find((o) => o.value === chosen)
            if (one) onChange([...facts, { id: one.value, name: one.label }])
          }}
        />
        <ul className="lacks">
          {facts.map((f) => (
            <li key={f.id} className="spread">
              <span className="break">{f.name}</span>
              <button type="button" className="link-button" onClick={() => onChange(facts.filter((other) => other.id !== f.id))} aria-label={`${d.application.detach} ${f.name}`}>
                {d.application.detach}
              </button>
            </li>
          ))}
        </ul>
        {error && <p className="note bad">{error}</p>}
      </div>
    </>
  )
}
