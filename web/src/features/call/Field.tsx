import './call.css'
import { Input, Select } from 'antd'
import { createContext, useContext, type ReactNode } from 'react'

/** What the server, or the form itself, says of each place; by path. */
export const Faults = createContext<Map<string, string>>(new Map())

export const fieldId = (path: string) => `field-${path.replaceAll('.', '-')}`

interface FieldProps {
  path: string
  label: string
  hint?: string | undefined
}

/** A label, its control, and what is wrong or worth knowing below. */
function Field({ path, label, hint, children }: FieldProps & { children: (fault: string | undefined) => ReactNode }) {
  const fault = useContext(Faults).get(path)
  const id = fieldId(path)
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <div>
        {children(fault)}
        {(fault ?? hint) && (
          <p id={`${id}-note`} className={fault ? 'note bad' : 'note'}>
            {fault ?? hint}
          </p>
        )}
      </div>
    </div>
  )
}

interface Typed extends FieldProps {
  value: string
  onChange: (value: string) => void
  type?: 'text' | 'date'
  inputMode?: 'numeric' | 'decimal' | 'text'
  rows?: number
}

/** A line, or several, of text; numbers too, since what was typed must not be lost. */
export function Line({ path, label, hint, value, onChange, type = 'text', inputMode = 'text', rows = 0 }: Typed) {
  return (
    <Field path={path} label={label} hint={hint}>
      {(fault) => {
        const shared = { id: fieldId(path), value, status: fault ? ('error' as const) : ('' as const), 'aria-invalid': Boolean(fault), 'aria-describedby': (fault ?? hint) ? `${fieldId(path)}-note` : undefined, onChange: (event: { target: { value: string } }) => onChange(event.target.value) }
        return rows > 0 ? <Input.TextArea rows={rows} {...shared} /> : <Input type={type} inputMode={inputMode} {...shared} />
      }}
    </Field>
  )
}

interface ChoiceProps<T extends string> extends FieldProps {
  value: T
  options: [T, string][]
  onChange: (value: T) => void
  search?: boolean
}

/** One of several. */
export function Choice<T extends string>({ path, label, hint, value, options, onChange, search = false }: ChoiceProps<T>) {
  return (
    <Field path={path} label={label} hint={hint}>
      {(fault) => (
        <Select
          id={fieldId(path)}
          value={value}
          status={fault ? 'error' : ''}
          aria-invalid={Boolean(fault)}
          onChange={onChange}
          showSearch={search ? { optionFilterProp: 'label' } : false}
          options={options.map(([key, text]) => ({ value: key, label: text }))}
        />
      )}
    </Field>
  )
}

interface TickProps extends FieldProps {
  value: boolean
  onChange: (value: boolean) => void
}

/** Yes or no. */
export function Tick({ path, label, hint, value, onChange }: TickProps) {
  return (
    <Field path={path} label={label} hint={hint}>
      {(fault) => <input id={fieldId(path)} type="checkbox" className="tick" checked={value} aria-invalid={Boolean(fault)} aria-describedby={(fault ?? hint) ? `${fieldId(path)}-note` : undefined} onChange={(event) => onChange(event.target.checked)} />}
    </Field>
  )
}

/** What is said of a whole group, such as a rank, where no single field bears it. */
export function GroupFault({ path }: { path: string }) {
  const fault = useContext(Faults).get(path)
  if (!fault) return null
  return (
    <p id={fieldId(path)} tabIndex={-1} className="note bad">
      {fault}
    </p>
  )
}
