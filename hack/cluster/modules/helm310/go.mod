module helm310

go 1.26

require helm.sh/helm/v3 v3.10.3
