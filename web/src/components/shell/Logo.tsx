/** Three stones on each other. */
export function Logo({ className = "size-7" }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <ellipse cx="16" cy="26" rx="13" ry="4.6" className="fill-accent" />
      <ellipse cx="17.2" cy="17" rx="9.2" ry="4" className="fill-accent opacity-75" />
      <ellipse cx="15.4" cy="9.2" rx="5.8" ry="3.3" className="fill-accent opacity-50" />
    </svg>
  );
}
