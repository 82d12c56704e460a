import './layout.css'
import { useId, type ReactNode } from 'react'

interface Props {
  title: ReactNode
  note?: ReactNode
  extra?: ReactNode
  children: ReactNode
  /** Rows that bring their own padding sit flush with the card's edge. */
  flush?: boolean
  className?: string
  /** Where links to it lead. */
  anchor?: string
}

/** A titled region. Panels load and fail alone. */
export function Card({ title, note, extra, children, flush = false, className = '', anchor }: Props) {
  const id = useId()
  return (
    <section id={anchor} className={`card ${className}`} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
        {note && <span className="note">{note}</span>}
        {extra && <div className="card-extra">{extra}</div>}
      </div>
      <div className={flush ? '' : 'card-body'}>{children}</div>
    </section>
  )
}
