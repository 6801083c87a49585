//! Words about who else manages an object.

words! {
    told;
    HELM = "Helm's release {0} keeps this object: its next upgrade may undo your edit", "该对象由 Helm 发布 {0} 管理，下次升级可能会撤销您的修改";
    ARGO_CD = "Argo CD's application {0} keeps this object: its next sync may undo your edit", "该对象由 Argo CD 应用 {0} 管理，下次同步可能会撤销您的修改";
    FLUX_KUSTOMIZATION = "Flux keeps this object by its Kustomization {0}: the next reconciliation may undo your edit", "该对象由 Flux Kustomization {0} 管理，下次调谐可能会撤销您的修改";
    FLUX_HELM_RELEASE = "Flux keeps this object by its HelmRelease {0}: the next reconciliation may undo your edit", "该对象由 Flux HelmRelease {0} 管理，下次调谐可能会撤销您的修改";
    FLEET = "Rancher Fleet's bundle {0} keeps this object: it may undo your edit", "该对象由 Rancher Fleet 的 Bundle {0} 管理，可能会撤销您的修改";
    OWNER = "{0} {1} owns this object: its controller may undo your edit", "该对象属于 {0} {1}，其控制器可能会撤销您的修改";
    MANAGED_BY = "{0} manages this object, as its label app.kubernetes.io/managed-by says: it may undo your edit", "标签 app.kubernetes.io/managed-by 表明该对象由 {0} 管理，可能会撤销您的修改";
    APPLIER = "{0} applies this object: its next run may undo your edit", "{0} 会应用（apply）该对象，下次运行可能会撤销您的修改";
}
