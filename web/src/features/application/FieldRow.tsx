import { Input, Select } from 'antd'
import { Link } from 'react-router'
import { useLang } from '@/i18n'
import { parseYuan } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import type { FormField } from './model'

interface Props {
  field: FormField
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

/** A field with where its value comes from: a fact that somebody vouched for, or the applicant's own words. */
export function FieldRow({ field, value, error, onChange }: Props) {
  const { d, say } = useLang()
  const id = `field-${field.path}`
  const source = field.fact ? <Link to={`/evidence/facts/${encodeURIComponent(field.fact)}`}>{say(field.source)}</Link> : say(field.source)
  return (
    <div className="form-row" id={field.editable ? undefined : id}>
      <label htmlFor={field.editable ? id : undefined}>
        {say(field.label)}
        {field.required && field.editable && <span className="lacking"> {d.application.required}</span>}
      </label>
      <div>
        {field.editable ? <Editor id={id} field={field} value={value} invalid={Boolean(error)} onChange={onChange} /> : <Fixed field={field} value={value} />}
        <p className="note">
          {error ? <span className="bad">{error}</span> : field.source ? <>{d.application.source} {source}</> : d.application.ownWords}
        </p>
      </div>
    </div>
  )
}

function Fixed({ field, value }: { field: FormField; value: string }) {
  const { say } = useLang()
  const fen = field.kind === 'money' ? parseYuan(value) : null
  const choice = field.choices.find((c) => c.value === value)
  return <span className="form-fixed">{fen !== null ? <Money fen={fen} /> : choice ? say(choice.label) : value || '—'}</span>
}

interface EditorProps {
  id: string
  field: FormField
  value: string
  invalid: boolean
  onChange: (value: string) => void
}

function Editor({ id, field, value, invalid, onChange }: EditorProps) {
  const { say } = useLang()
  const status = invalid ? ('error' as const) : ('' as const)
  switch (field.kind) {
    case 'note':
      return <Input.TextArea id={id} value={value} status={status} aria-invalid={invalid} autoSize={{ minRows: 3, maxRows: 10 }} onChange={(e) => onChange(e.target.value)} />
    case 'choice':
      return <Select id={id} value={value || null} status={status} onChange={(v) => onChange(v ?? '')} options={field.choices.map((c) => ({ value: c.value, label: say(c.label) }))} />
    case 'money':
      return <Input id={id} prefix="¥" inputMode="decimal" value={value} status={status} aria-invalid={invalid} onChange={(e) => onChange(e.target.value)} />
    case 'date':
      return <Input id={id} type="date" value={value} status={status} aria-invalid={invalid} onChange={(e) => onChange(e.target.value)} />
    case 'text':
      return <Input id={id} value={value} status={status} aria-invalid={invalid} onChange={(e) => onChange(e.target.value)} />
  }
}
