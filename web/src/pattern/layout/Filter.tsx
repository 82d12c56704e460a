import './layout.css'
import { Input } from 'antd'
import { useSearchParams } from 'react-router'

/** One filter of a list. It lives in the address, so that a link, a reload and the back button keep it. */
export function useFilter(name: string): [value: string, set: (value: string) => void] {
  const [params, setParams] = useSearchParams()
  const set = (value: string) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: true },
    )
  return [params.get(name) ?? '', set]
}

/** The search of a list, in its card's head. */
export function SearchFilter({ name, label }: { name: string; label: string }) {
  const [value, set] = useFilter(name)
  return <Input.Search key={value} allowClear size="small" className="filter-q" defaultValue={value} placeholder={label} aria-label={label} onSearch={(typed) => set(typed.trim())} />
}
