import { Button, Input, Select } from 'antd'
import { useId, type ReactNode } from 'react'
import { ErrorPanel } from '@/pattern/state/states'

interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string
  type?: 'text' | 'date'
  mono?: boolean
}

/** A line that somebody types. */
export function Field({ label, value, onChange, hint = '', type = 'text', mono = false }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Input id={id} type={type} className={mono ? 'mono' : ''} placeholder={hint} value={value} onChange={(e) => onChange(e.target.value)} />
    </div>
  )
}

/** One of several, found by typing. */
export function Choice({ label, value, onChange, options }: Pick<FieldProps, 'label' | 'value' | 'onChange'> & { options: { value: string; label: string }[] }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Select id={id} className="full" showSearch={{ optionFilterProp: 'label' }} value={value || null} onChange={(chosen) => onChange(chosen ?? '')} options={options} />
    </div>
  )
}

/** Some sentences. */
export function Words({ label, value, onChange, hint = '', rows = 3 }: Omit<FieldProps, 'type' | 'mono'> & { rows?: number }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Input.TextArea id={id} autoSize={{ minRows: rows }} maxLength={4000} placeholder={hint} value={value} onChange={(e) => onChange(e.target.value)} />
    </div>
  )
}

/** What a control must carry for its label and its fault to be read out with it. */
export interface Control {
  id: string
  status: '' | 'error'
  'aria-invalid': boolean
  'aria-describedby': string | undefined
}

/** Any labelled control; what is wrong with it stands under it. */
export function Slot({ label, error, children }: { label: string; error?: string | undefined; children: (control: Control) => ReactNode }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, status: error ? 'error' : '', 'aria-invalid': Boolean(error), 'aria-describedby': error ? `${id}-fault` : undefined })}
      {error && (
        <p id={`${id}-fault`} className="note bad">
          {error}
        </p>
      )}
    </div>
  )
}

interface FormProps {
  children: ReactNode
  label: string
  error: Error | null
  pending: boolean
  ready: boolean
  danger?: boolean
  onSubmit: () => void
}

/** One act with its button; what went wrong stands above it. */
export function ActForm({ children, label, error, pending, ready, danger = false, onSubmit }: FormProps) {
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
      {error !== null && <ErrorPanel error={error} />}
      <div>
        <Button type="primary" danger={danger} htmlType="submit" disabled={!ready || pending}>
          {label}
        </Button>
      </div>
    </form>
  )
}
