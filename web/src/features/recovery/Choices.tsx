import { Select } from 'antd'
import { useDeferredValue, useId, useState } from 'react'
import { tableDate } from '@/calendar/date'
import { useFacts } from '@/features/evidence/api'
import { useDocument, useDocuments } from '@/features/policy/api'
import { useLang } from '@/i18n'
import { Choice } from '@/pattern/form/Form'
import { rowsOf } from '@/pattern/state/Paged'

interface ClauseProps {
  document: string
  clause: string
  onChange: (change: { document?: string; clause?: string }) => void
}

/** A clause of the region's documents, chosen by its document and number; none is a choice too. */
export function ClauseChoice({ document, clause, onChange }: ClauseProps) {
  const { d, say } = useLang()
  const w = d.recovery
  const documents = useDocuments()
  const chosen = useDocument(document)
  return (
    <fieldset className="field">
      <legend>{w.reference}</legend>
      <Choice
        label={w.document}
        value={document}
        onChange={(next) => onChange({ document: next, clause: '' })}
        options={[{ value: '', label: w.noClause }, ...(documents.data ?? []).map((one) => ({ value: one.id, label: say(one.title) }))]}
      />
      {document !== '' && (
        <Choice
          label={w.clause}
          value={clause}
          onChange={(next) => onChange({ clause: next })}
          options={(chosen.data?.clauses_list ?? []).filter((c) => c.path !== '').map((c) => ({ value: c.path, label: [c.path.replaceAll('/', ' '), say(c.title)].filter(Boolean).join(' ') }))}
        />
      )}
    </fieldset>
  )
}

/** Facts about an organisation, found by what they are about; those that stand in the case already are left out. */
export function FactsChoice({ org, taken, value, onChange }: { org: string; taken: string[]; value: string[]; onChange: (ids: string[]) => void }) {
  const { d, lang, say } = useLang()
  const id = useId()
  const [typed, setTyped] = useState('')
  const found = rowsOf(useFacts(org, useDeferredValue(typed.trim()))).filter((f) => !taken.includes(f.id))
  return (
    <div className="field">
      <label htmlFor={id}>{d.recovery.chooseFacts}</label>
      <Select<string[]>
        id={id}
        className="full"
        mode="multiple"
        value={value}
        onChange={onChange}
        showSearch={{ filterOption: false, onSearch: setTyped }}
        notFoundContent={d.recovery.noFacts}
        options={found.map((f) => ({ value: f.id, label: [f.label ? say(f.label) : f.kind, f.object, f.quantity && `${f.quantity} ${f.unit}`, tableDate(f.occurred, lang)].filter(Boolean).join(' · ') }))}
      />
    </div>
  )
}
